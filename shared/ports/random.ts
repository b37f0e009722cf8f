/** A stream of pseudo-random numbers. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
  /** A new array with the items in random order. */
  shuffle<T>(items: readonly T[]): T[];
}

/** Independent streams by seed and name, so that a new use of randomness never shifts another. */
export interface Random {
  stream(seed: number, name: string): RandomStream;
}
