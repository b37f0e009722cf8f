#!/usr/bin/env node
import { launch } from '../../cli/bin/launch.js';

await launch(import.meta.url, './generation.ts');
