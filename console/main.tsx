import { render } from 'preact';
import { App } from './app.tsx';
import { listenForKeys } from './keys.ts';
import './style.css';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
listenForKeys(document);
