/** Bulk data: a directory on a laptop, S3 on AWS. Keys are `/`-separated, relative, of `[A-Za-z0-9._=-]` parts. */
export interface ObjectStore {
  /** The whole object, or undefined when there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Writes the whole object or nothing; replaces what is there. A reader never sees half of it. */
  put(key: string, body: Uint8Array): Promise<void>;
  /** Writes only when there is none; false when there is one already (which stays as it was). */
  putIfAbsent(key: string, body: Uint8Array): Promise<boolean>;
  /** Keys that begin with the prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  /** Removes the object; nothing happens when there is none. */
  delete(key: string): Promise<void>;
  /**
   * Runs `use` with a readable local file of the object's bytes: the file itself on a laptop, a temporary copy
   * elsewhere.
   */
  withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T>;
}
