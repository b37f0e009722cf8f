import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const executable = fileURLToPath(new URL('../bin/ratchet.js', import.meta.url));

/** Where a command works: what `--workspace` or `--stack` names. */
export type CommandPlace = { readonly workspace: string } | { readonly stack: string };

/** What Node.js is given to run a command of `ratchet` in a process of its own, with `--json`. */
export function ownCommand(place: CommandPlace, args: readonly string[]): readonly string[] {
  const where = 'stack' in place ? ['--stack', place.stack] : ['--workspace', place.workspace];
  return [executable, ...where, '--json', ...args];
}

/** The exit code of a process; null where it could not begin or was ended by a signal. */
export function exitCodeOfProcess(child: ChildProcess): Promise<number | null> {
  const ended = Promise.withResolvers<number | null>();
  child.once('error', () => ended.resolve(null));
  child.once('exit', ended.resolve);
  return ended.promise;
}
