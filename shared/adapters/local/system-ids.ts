import { randomInt } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';

const randomValues = 36 ** 4;

/**
 * Ids such as `run-20261122T131500-3f7k2a`: UTC time to the second, then two base-36 digits of milliseconds and four of
 * chance. One instance's ids of one prefix sort in the order of making, also within a millisecond and when the clock is
 * set back.
 */
export class SystemIds implements Ids {
  readonly #clock: Clock;
  #last = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(prefix: string): string {
    this.#last = Math.max(this.#clock.now(), this.#last + 1);
    const time = new Date(this.#last).toISOString();
    const second = time.slice(0, 19).replaceAll(/[-:]/g, '');
    const milliseconds = base36(Number(time.slice(20, 23)), 2);
    return `${prefix}-${second}-${milliseconds}${base36(randomInt(randomValues), 4)}`;
  }
}

function base36(value: number, digits: number): string {
  return value.toString(36).padStart(digits, '0');
}
