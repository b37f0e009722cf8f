import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../../infra/state-machines/improvement-loop.asl.json', import.meta.url));

/** The text of the state machine's file, which laptop and cloud share. */
export function readMachineFile(): Promise<string> {
  return readFile(path, 'utf8');
}
