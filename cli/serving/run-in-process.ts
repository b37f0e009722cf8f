import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

const executable = fileURLToPath(new URL('../bin/ratchet.js', import.meta.url));
const known: ReadonlySet<number | null> = new Set(Object.values(exitCodes));

/** Where a run works: what `--workspace` or `--stack` names. */
export type RunPlace = { readonly workspace: string } | { readonly stack: string };

/**
 * Runs the loop for a model in a process of its own: training takes all that a machine has, and answers must not wait
 * for it. On a stack the process starts the run and follows it. Null where it did not come to an end of its own.
 */
export async function runInProcess(
  place: RunPlace,
  modelId: string,
  stop: AbortSignal,
  seed: number | null = null,
): Promise<ExitCode | null> {
  const ended = Promise.withResolvers<number | null>();
  const args = [
    executable,
    ...('stack' in place ? ['--stack', place.stack] : ['--workspace', place.workspace]),
    '--json',
    'run',
    modelId,
    ...(seed === null ? [] : ['--seed', String(seed)]),
  ];
  const child = spawn(process.execPath, args, { stdio: 'ignore', signal: stop });
  child.once('error', () => ended.resolve(null));
  child.once('exit', ended.resolve);
  const code = await ended.promise;
  return known.has(code) ? (code as ExitCode) : null;
}
