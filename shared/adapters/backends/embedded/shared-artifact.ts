/** An artifact in shared memory, with where it was read and the digest that it must have. */
export interface SharedArtifact {
  readonly bytes: Uint8Array;
  readonly ref: string;
  readonly digest: string;
}

/** One of several to average. */
export interface WeighedArtifact {
  readonly bytes: Uint8Array;
  /** What it is checked by; null where it was trained just now. */
  readonly stored: Omit<SharedArtifact, 'bytes'> | null;
  readonly part: number;
}
