import { spawn } from 'node:child_process';

/** The cores that each measurement may use. */
export const cores = 2;

/** Native libraries take as many threads as this, not as many as the machine has cores. */
const threads = Object.fromEntries(
  ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'LOKY_MAX_CPU_COUNT'].map((name) => [
    name,
    String(cores),
  ]),
);

/** Runs a program to its end. @returns what it wrote to stdout @throws Error when it fails */
export function inChild(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...threads } });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(text);
      else reject(new Error(`${program} ${args[0] ?? ''} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}
