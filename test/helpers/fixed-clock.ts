import type { Clock } from '../../shared/ports/clock.ts';

/** A clock that stands still until it is moved. */
export class FixedClock implements Clock {
  #now: number;

  constructor(start: string = '2026-01-01T00:00:00.000Z') {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  /** Moves the clock on by so many milliseconds (back, when negative). */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
