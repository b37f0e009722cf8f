import { describe, expect, it } from 'vitest';
import type { CycleResult, SeedResult } from '../../../../bench/improvement/run-scenario.ts';
import { holm, markdown, meanInterval, summarise } from '../../../../bench/improvement/summarise.ts';

const cycle: CycleResult = {
  cycle: 1,
  traces: 3000,
  failures: 400,
  decision: 'promoted',
  reason: '',
  iterations: 2,
  candidates: 5,
  before: 0.8,
  after: 0.9,
  gained: 100,
  lost: 10,
  pWorse: 1,
  passes: { of: 500, lost: 5 },
  memory: {},
  wallSeconds: 10,
  cpuSeconds: 12,
};
const seed = (number: number, change: Partial<CycleResult> = {}): SeedResult => ({
  scenario: 'A',
  seed: number,
  fresh: 900,
  cycles: [{ ...cycle, ...change }],
  allData: 0.925,
  headroom: 0.8,
});
const scenarios = [{ name: 'A', intents: 30, examplesPerLabel: 2, traces: [3000], target: 0.8 }];

describe('holm', () => {
  it('rejects step by step, and nothing after the first that stands', () => {
    const tests = [
      { name: 'b', p: 0.02 },
      { name: 'a', p: 0.01 },
      { name: 'd', p: 0.9 },
      { name: 'c', p: 0.03 },
    ];
    expect(holm(tests, 0.05)).toEqual(['a']);
    expect(holm(tests.slice(0, 2), 0.05)).toEqual(['a', 'b']);
    expect(holm([], 0.05)).toEqual([]);
  });
});

describe('meanInterval', () => {
  it('is Student’s t interval', () => {
    const { mean, lower, upper } = meanInterval([1, 2, 3, 4, 5]);
    expect(mean).toBe(3);
    expect(upper - mean).toBeCloseTo(2.776 * Math.sqrt(2.5 / 5), 6);
    expect(mean - lower).toBeCloseTo(upper - mean, 9);
  });
});

describe('summarise', () => {
  it('counts no answers as lost where the champion stayed', () => {
    const kept = seed(2, { decision: 'kept', passes: { of: 500, lost: 50 } });
    const [scenario] = summarise([seed(1), kept], scenarios).scenarios;
    expect(scenario?.cycles[0]?.promoted).toBe(1);
    expect(scenario?.cycles[0]?.worstLost).toBe(0.01);
    expect(scenario?.cycles[0]?.lost.mean).toBe(0.005);
  });

  it('names the promotions that made the model worse', () => {
    const summary = summarise([seed(1), seed(2, { pWorse: 0.001 })], scenarios);
    expect(summary.worse).toEqual(['A/2/1']);
    expect(markdown(summary).at(-1)).toContain('A/2/1');
  });
});
