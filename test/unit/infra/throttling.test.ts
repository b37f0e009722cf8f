import { describe, expect, test } from 'vitest';
import { retry, throttled } from '../../../infra/state-machines/retry.ts';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import type { RandomStream } from '../../../shared/ports/random.ts';

interface Retrier {
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
  readonly MaxAttempts: number;
}

interface Simulated {
  /** Whether every item of the Map got a slot before its attempts were used up. */
  readonly served: boolean;
  /** How often an item was turned away, all together. */
  readonly turnedAway: number;
}

/** A Map over items of which each wants a slot of the account's concurrency, with full jitter between its attempts. */
function simulate(
  random: RandomStream,
  slots: number,
  { IntervalSeconds, BackoffRate, MaxDelaySeconds = Number.POSITIVE_INFINITY, MaxAttempts }: Retrier,
  workSeconds: () => number,
  items = 24,
  atOnce = 10,
): Simulated {
  let waiting = items;
  let turnedAway = 0;
  let busyUntil: number[] = [];
  /** Items that were turned away: when they ask again, and how often they have. */
  let asking: { at: number; attempts: number }[] = [];
  for (let now = 0; ; ) {
    busyUntil = busyUntil.filter((end) => end > now);
    while (waiting > 0 && busyUntil.length + asking.length < atOnce) {
      waiting -= 1;
      asking.push({ at: now, attempts: 0 });
    }
    const later: typeof asking = [];
    for (const item of asking) {
      if (item.at > now) later.push(item);
      else if (busyUntil.length < slots) busyUntil.push(now + workSeconds());
      else if (item.attempts === MaxAttempts) return { served: false, turnedAway };
      else {
        turnedAway += 1;
        const longest = Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** item.attempts);
        later.push({ at: now + random.next() * longest, attempts: item.attempts + 1 });
      }
    }
    asking = later;
    if (waiting === 0 && asking.length === 0) return { served: true, turnedAway };
    now = Math.min(...asking.map(({ at }) => at), ...busyUntil);
  }
}

const runs = 300;

function many(slots: number, retrier: Retrier, workOf: (random: RandomStream) => () => number): readonly Simulated[] {
  const random = new SeededRandom();
  return Array.from({ length: runs }, (_, seed) => {
    const stream = random.stream(seed, 'throttling');
    return simulate(stream, slots, retrier, workOf(stream));
  });
}

/** As long as a function may work, and of any length from half a minute on. */
const lengths: readonly (readonly [string, (random: RandomStream) => () => number])[] = [
  ['15 minutes each', () => () => 900],
  ['half a minute to 15 minutes', (random) => () => 30 + random.next() * 870],
];
const usual = retry[0];

describe.each(lengths)('a Map of ten over 24 items, %s, in an account of ten slots', (_length, workOf) => {
  test.each([9, 8, 5, 2])('gets through with %i of them', (slots) => {
    const found = many(slots, throttled, workOf);
    expect(found.filter(({ served }) => served)).toHaveLength(runs);
    // Each leaves two events in the history of the execution, which holds 25,000 and is at 20,631 in the largest run.
    expect(2 * Math.max(...found.map(({ turnedAway }) => turnedAway))).toBeLessThan(25_000 - 20_631);
  });

  test('would fail nearly always with the attempts that other faults have, one slot being taken', () => {
    const served = many(9, usual, workOf).filter((one) => one.served).length;
    expect(served).toBeLessThan(runs / 5);
  });
});

test('what throttling has attempts for are no attempts of any other fault', () => {
  const names: readonly string[] = usual.ErrorEquals;
  expect(names).not.toContain('Lambda.TooManyRequestsException');
  expect(
    retry.filter(({ ErrorEquals }) => ErrorEquals.some((name) => name === 'Lambda.TooManyRequestsException')),
  ).toEqual([throttled]);
});
