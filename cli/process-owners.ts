import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Owners } from '../shared/ports/owners.ts';

const ownerPattern = /^(?<host>.+):(?<pid>\d+):(?<nonce>[0-9a-f]+)$/;

/** Processes as owners of runs. A process of this machine that has ended is surely gone; of another machine nothing is known. */
export class ProcessOwners implements Owners {
  /** This process: `host:pid:nonce`, the nonce telling it from a later process with the same number. */
  readonly self: string = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;

  async isGone(owner: string): Promise<boolean> {
    const found = ownerPattern.exec(owner)?.groups;
    if (found === undefined || found.host !== hostname() || owner === this.self) return false;
    const pid = Number(found.pid);
    return pid === process.pid || !isAlive(pid);
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
