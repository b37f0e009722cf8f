import { SeededRandom } from '../shared/adapters/local/seeded-random.ts';
import { defaultSettings } from '../shared/domain/models/settings.ts';
import { detectDeterioration, type JudgedBatch } from '../shared/domain/policy/deterioration.ts';
import type { RandomStream } from '../shared/ports/random.ts';

/**
 * How soon deterioration is seen and how often it is seen where there is none, by simulation, for several thresholds:
 * what the defaults in docs/adr/0012-what-starts-a-run.md are chosen by. `npm run bench:deterioration`
 */
const repeats = 400;
const batchSize = 20;
const { deteriorationBaseline } = defaultSettings;

function batch(failureRate: number, judged: number, random: RandomStream): JudgedBatch {
  let failed = 0;
  for (let trace = 0; trace < judged; trace += 1) if (random.next() < failureRate) failed += 1;
  return { position: 1, judged, failed };
}

/** Judged traces after the change until it is seen; infinite when it is not within so many. */
function judgedUntilSeen(usual: number, then: number, most: number, threshold: number, random: RandomStream): number {
  const history = [batch(usual, deteriorationBaseline, random)];
  for (let judged = 0; judged < most; judged += batchSize) history.push(batch(then, batchSize, random));
  const seenWithin = (batches: number) =>
    detectDeterioration(history.slice(0, 1 + batches), null, {
      deteriorationBaseline,
      deteriorationThreshold: threshold,
    }).deteriorated;
  let [least, enough] = [1, most / batchSize];
  if (!seenWithin(enough)) return Number.POSITIVE_INFINITY;
  while (least < enough) {
    const middle = Math.floor((least + enough) / 2);
    if (seenWithin(middle)) enough = middle;
    else least = middle + 1;
  }
  return least * batchSize;
}

function withOdds(rate: number, ratio: number): number {
  const odds = (rate / (1 - rate)) * ratio;
  return odds / (1 + odds);
}

function median(values: readonly number[]): string {
  const middle = values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  return Number.isFinite(middle) ? String(middle) : '> 4000';
}

console.log('| h | usual rate | false alarm within 500 · 1,000 · 2,000 | seen after: odds × 1.5 · × 2 · × 3 |');
console.log('| --- | --- | --- | --- |');
for (const threshold of [4, 5, 6]) {
  for (const usual of [0.03, 0.1, 0.25]) {
    const times = (then: number, most: number, name: string) => {
      const random = new SeededRandom().stream(1, `${name} ${threshold} ${usual}`);
      return Array.from({ length: repeats }, () => judgedUntilSeen(usual, then, most, threshold, random));
    };
    const quiet = times(usual, 2_000, 'quiet');
    const within = [500, 1_000, 2_000].map((most) => {
      const share = quiet.filter((time) => time <= most).length / repeats;
      return `${Math.round(share * 100)} %`;
    });
    const seen = [1.5, 2, 3].map((ratio) => median(times(withOdds(usual, ratio), 4_000, `odds ${ratio}`)));
    console.log(`| ${threshold} | ${usual} | ${within.join(' · ')} | ${seen.join(' · ')} |`);
  }
}
