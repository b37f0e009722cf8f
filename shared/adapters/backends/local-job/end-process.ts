import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a process has to end by itself. */
const patienceMs = 5_000;

/** Ends a process and all that it has begun; it must lead a group of its own (`detached`). */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  // It may be one that this program does not stay alive for.
  child.ref();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signalGroup(child.pid, 'SIGTERM');
  const patience = new AbortController();
  const waited = sleep(patienceMs, undefined, { signal: patience.signal, ref: false }).catch(() => undefined);
  await Promise.race([ended, waited]);
  patience.abort();
  signalGroup(child.pid, 'SIGKILL');
  await ended;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
