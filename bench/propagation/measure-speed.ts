import { quantile } from '../../shared/domain/base/statistics.ts';
import { SimilarityIndex } from '../../shared/domain/similarity/similarity-index.ts';
import type { RandomStream } from '../../shared/ports/random.ts';

/** How long it takes to find what is like one text, in milliseconds. */
export interface Speed {
  readonly texts: number;
  readonly threshold: number;
  /** Seconds to make the index. */
  readonly build: number;
  /** Mean of CPU time. */
  readonly cpu: number;
  /** Of the time that passed. */
  readonly median: number;
  readonly p95: number;
  /** Texts found, on average. */
  readonly found: number;
  /** Memory that the index holds, in MB. */
  readonly megabytes: number;
}

const queries = 200;

/** Real texts, of each up to three words exchanged for those of others. */
export function manyTexts(texts: readonly string[], count: number, random: RandomStream): readonly string[] {
  const split = texts.map((text) => text.split(' '));
  const vocabulary = split.flat();
  return Array.from({ length: count }, () => {
    const words = [...(split[random.below(split.length)] ?? [])];
    for (let changes = random.below(4); changes > 0; changes -= 1) {
      words[random.below(words.length)] = vocabulary[random.below(vocabulary.length)] ?? '';
    }
    return words.join(' ');
  });
}

export function measureSpeed(texts: readonly string[], thresholds: readonly number[], random: RandomStream): Speed[] {
  const before = process.memoryUsage().arrayBuffers;
  const start = performance.now();
  const index = new SimilarityIndex(texts);
  const build = (performance.now() - start) / 1_000;
  const megabytes = (process.memoryUsage().arrayBuffers - before) / 2 ** 20;
  const asked = Array.from({ length: queries }, () => texts[random.below(texts.length)] ?? '');
  return thresholds.map((threshold) => {
    let found = 0;
    const cpuBefore = process.cpuUsage();
    const times = asked.map((text) => {
      const from = performance.now();
      found += index.atLeast(text, threshold).length;
      return performance.now() - from;
    });
    const { user, system } = process.cpuUsage(cpuBefore);
    times.sort((a, b) => a - b);
    const cpu = (user + system) / 1_000 / queries;
    const spread = { median: quantile(times, 0.5), p95: quantile(times, 0.95) };
    return { texts: texts.length, threshold, build, megabytes, found: found / queries, cpu, ...spread };
  });
}
