/**
 * Milliseconds between two looks at a clock; infinitely many where the clock was set back in between, as then nobody
 * knows: whoever waits has waited enough, and what is held is looked at anew.
 */
export function elapsed(then: number, now: number): number {
  return now < then ? Number.POSITIVE_INFINITY : now - then;
}
