/** The time. Real outside tests. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}
