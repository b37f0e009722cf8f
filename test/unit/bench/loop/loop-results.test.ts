import { describe, expect, it } from 'vitest';
import type { Breakdown } from '../../../../bench/loop/breakdown.ts';
import { loopChart } from '../../../../bench/loop/loop-chart.ts';
import { growthExponent, markdown } from '../../../../bench/loop/markdown.ts';

function run(size: number, foundation: 'none' | 'use-lite'): Breakdown {
  const stages = Array.from({ length: 12 }, (_, at) => ({
    stage: `stage-${at}`,
    items: 1,
    seconds: size / 1_000,
    cpuSeconds: (size * (12 - at)) / 1_000,
    peakMiB: 100 + at,
  }));
  return {
    foundation,
    size,
    decision: 'promoted',
    reason: '',
    iterations: 1,
    seconds: (12 * size) / 1_000,
    cpuSeconds: (78 * size) / 1_000,
    peakMiB: 111,
    load: 2,
    stages,
    ingest: { seconds: 1, cpuSeconds: 1, peakMiB: 90 },
  };
}

const runs = [run(1_000, 'none'), run(10_000, 'none'), run(1_000, 'use-lite')];

describe('what the loop benchmark writes', () => {
  it('finds the exponent of a power law', () => {
    const points = [1_000, 3_000, 30_000].map((size) => ({ size, cpuSeconds: 2e-5 * size ** 1.3 }));
    expect(growthExponent(points)).toBeCloseTo(1.3);
    expect(growthExponent(points.slice(1, 2))).toBeNull();
  });

  it('gives each foundation a table with a column a size, largest stages first', () => {
    const text = markdown(runs).join('\n');
    expect(text).toContain('| stage | 1,000 | 10,000 | exponent |');
    expect(text).toContain('| stage-0 | 1.0 / 12.0 / 100 | 10.0 / 120.0 / 100 | 1.00 |');
    expect(text.indexOf('stage-0')).toBeLessThan(text.indexOf('stage-1 '));
  });

  it('draws each run as a bar, and gathers the small stages', () => {
    const svg = loopChart(runs);
    expect(svg).toMatch(/^<svg/);
    for (const words of [
      '1,000 traces',
      '10,000 traces',
      'n-grams alone',
      'with USE-Lite',
      'stage-0',
      'all other stages',
    ]) {
      expect(svg).toContain(words);
    }
    expect(svg).not.toContain('stage-11');
    expect(svg).not.toContain('NaN');
  });
});
