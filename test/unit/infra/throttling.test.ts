import { expect, test } from 'vitest';
import { throttled } from '../../../infra/state-machines/retry.ts';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import type { RandomStream } from '../../../shared/ports/random.ts';

/** Whether a Map's items all get a slot before their attempts are used up; each works as long as a function may. */
function allServed(random: RandomStream, slots: number, items = 24, atOnce = 10, workSeconds = 900): boolean {
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts } = throttled;
  let waiting = items;
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
      else if (busyUntil.length < slots) busyUntil.push(now + workSeconds);
      else if (item.attempts === MaxAttempts) return false;
      else {
        const longest = Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** item.attempts);
        later.push({ at: now + random.next() * longest, attempts: item.attempts + 1 });
      }
    }
    asking = later;
    if (waiting === 0 && asking.length === 0) return true;
    now = Math.min(...asking.map(({ at }) => at), ...busyUntil);
  }
}

test('a Map of ten over 24 items gets through though one of its ten slots is taken, or two are', () => {
  const random = new SeededRandom();
  for (const slots of [9, 8]) {
    const served = Array.from({ length: 300 }, (_, seed) => allServed(random.stream(seed, 'throttling'), slots));
    expect(served.filter(Boolean)).toHaveLength(300);
  }
});
