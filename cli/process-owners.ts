import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { digest } from '../shared/domain/base/ids.ts';
import type { OwnerState } from '../shared/domain/models/control.ts';
import type { Owners } from '../shared/ports/owners.ts';

const ownerPattern = /^(?<host>.+):(?<pid>\d+):(?<nonce>[0-9a-f]+)(?:-(?<start>[0-9a-f]+))?$/;

/**
 * Processes as owners of runs. A process of this machine that has ended is surely gone; of another machine nothing is known. A
 * process that lives is the owner itself only if it began when the owner did: numbers are given again.
 */
export class ProcessOwners implements Owners {
  /**
   * This process: `host:pid:nonce-start`, the nonce telling it from a later process with the same number, the start a digest of
   * when it began, where the system tells.
   */
  readonly self: string = nameOfSelf();

  async stateOf(owner: string): Promise<OwnerState> {
    const found = ownerPattern.exec(owner)?.groups;
    // Who asks about itself works on that run no more, or it would have renewed the lease: no certainty either way.
    if (found === undefined || found.host !== hostname() || owner === this.self) return 'unknown';
    const pid = Number(found.pid);
    if (pid === process.pid || !isAlive(pid)) return 'gone';
    return found.start !== undefined && found.start === startOf(pid) ? 'running' : 'unknown';
  }
}

function nameOfSelf(): string {
  const start = startOf(process.pid);
  return `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}${start === null ? '' : `-${start}`}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** A digest of when a living process began; null where the system does not tell. */
function startOf(pid: number): string | null {
  const told = linuxStart(pid) ?? listedStart(pid);
  return told === null ? null : digest(told).slice(0, 8);
}

/** Clock ticks after the start of the system, whose boot id goes with them. */
function linuxStart(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name in parentheses, may hold anything; the start is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot}${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}

function listedStart(pid: number): string | null {
  if (process.platform === 'win32') return null;
  try {
    const listed = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
    return listed === '' ? null : listed;
  } catch {
    return null;
  }
}
