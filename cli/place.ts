import type { Ports } from '../shared/ports/ports.ts';

/**
 * Where models live and what they are worked with: a workspace directory, or a stack on AWS. Close it, or the process
 * stays alive.
 */
export interface Place {
  readonly ports: Ports;
  /**
   * Absolute path of a file with an object's bytes, for people to open; it stays.
   * @throws RatchetError ObjectMissing
   */
  localCopy(key: string): Promise<string>;
  close(): Promise<void>;
}
