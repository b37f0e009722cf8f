import { writeFile } from 'node:fs/promises';
import { improvementLoop } from './improvement-loop.ts';

// Writes the state machine file, which the laptop interprets and the CDK deploys; a test fails when it is not up to
// date.
const file = new URL('./improvement-loop.asl.json', import.meta.url);
await writeFile(file, `${JSON.stringify(improvementLoop, null, 2)}\n`);
