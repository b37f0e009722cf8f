import { spawn } from 'node:child_process';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandPlace, exitCodeOfProcess, ownCommand } from './own-command.ts';

const known: ReadonlySet<number | null> = new Set(Object.values(exitCodes));

/**
 * Runs the loop for a model in a process of its own: training takes all that a machine has, and answers must not wait
 * for it. On a stack the process starts the run and follows it. Null where it did not come to an end of its own.
 */
export async function runInProcess(
  place: CommandPlace,
  modelId: string,
  stop: AbortSignal,
  seed: number | null = null,
): Promise<ExitCode | null> {
  const args = ['run', modelId, ...(seed === null ? [] : ['--seed', String(seed)])];
  const child = spawn(process.execPath, ownCommand(place, args), { stdio: 'ignore', signal: stop });
  const code = await exitCodeOfProcess(child);
  return known.has(code) ? (code as ExitCode) : null;
}
