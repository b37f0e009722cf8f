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
  /** Where it answers over HTTP by itself, as a stack on AWS may; absent where it does not. */
  readonly servingUrl?: string;
  /** This process, as the owner of runs. */
  readonly owner: string;
  /**
   * Removes from this machine what can be computed or fetched again: what back ends keep of texts, and copies of
   * objects.
   * @returns how many of the texts were kept
   */
  forget(texts: readonly string[], keys: readonly string[]): Promise<number>;
  /** Stops what works for this process elsewhere, such as trainings; it can be gone on with. */
  abort(): Promise<void>;
  close(): Promise<void>;
}
