import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { digest } from '../shared/domain/base/ids.ts';
import type { OwnerState } from '../shared/domain/models/control.ts';
import type { Owners } from '../shared/ports/owners.ts';

const ownerPattern = /^(?<host>.+):(?<pid>\d+):(?<nonce>[0-9a-f]+)(?:-(?<start>[0-9a-f]+))?$/;

/**
 * Processes as owners of runs. A process of this machine that has ended is surely gone, and so is one whose number a
 * process has that began at another time; of another machine nothing is known, nor of another container.
 */
export class ProcessOwners implements Owners {
  /**
   * This process: `host:pid:nonce-start`, the nonce telling it from a later process with the same number, the start a
   * digest of when it began, where the system tells. A container's `host` tells its process numbers from others' too.
   */
  readonly self: string = nameOfSelf();

  async stateOf(owner: string): Promise<OwnerState> {
    const found = ownerPattern.exec(owner)?.groups;
    // Who asks about itself works on that run no more, or it would have renewed the lease: no certainty either way.
    if (found === undefined || found.host !== host() || owner === this.self) return 'unknown';
    const pid = Number(found.pid);
    if (pid === process.pid || !isAlive(pid)) return 'gone';
    const { start, ended } = lookUp(pid);
    // Numbers are given again, but not while they are a zombie's: whoever had this one works no more.
    if (ended) return 'gone';
    if (found.start === undefined || start === null) return 'unknown';
    return found.start === start ? 'running' : 'gone';
  }
}

function nameOfSelf(): string {
  const { start } = lookUp(process.pid);
  return `${host()}:${process.pid}:${randomBytes(4).toString('hex')}${start === null ? '' : `-${start}`}`;
}

/** The namespace that the system begins with. */
const firstNamespace = '4026531836';

/**
 * Where numbers of processes mean what they mean here. Containers may share a name, as those on the network of their
 * machine do, and in each of them the first process has the number 1.
 */
function host(): string {
  const namespace = ownNamespace();
  return namespace === null || namespace === firstNamespace ? hostname() : `${hostname()}/${namespace}`;
}

/** Its number; null where the system has none. */
function ownNamespace(): string | null {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** What the system tells of a process that has a number. */
interface Found {
  /** A digest of when it began; null where the system does not tell. Differs for two processes of one number. */
  readonly start: string | null;
  /** Whether it has ended, and only waits for its parent to ask how. */
  readonly ended: boolean;
}

function lookUp(pid: number): Found {
  // One source on a system: two of them would tell the same start in other words.
  const told = process.platform === 'linux' ? fromProc(pid) : fromList(pid);
  return told === null
    ? { start: null, ended: false }
    : { start: digest(told.start).slice(0, 8), ended: /^[ZXx]/.test(told.state) };
}

interface Told {
  /** One letter, and on some systems more. */
  readonly state: string;
  readonly start: string;
}

/** The start in clock ticks after that of the system, whose boot id goes with it. */
function fromProc(pid: number): Told | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name in parentheses, may hold anything; the state is the third, the start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    return state === undefined || start === undefined ? null : { state, start: `${boot}${start}` };
  } catch {
    return null;
  }
}

function fromList(pid: number): Told | null {
  if (process.platform === 'win32') return null;
  try {
    const listed = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // The start is told in words and local time.
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    const { state, start } = /^\s*(?<state>\S+)\s+(?<start>\S.*\S)\s*$/.exec(listed)?.groups ?? {};
    return state === undefined || start === undefined ? null : { state, start };
  } catch {
    return null;
  }
}
