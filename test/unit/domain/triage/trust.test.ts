import { describe, expect, test } from 'vitest';
import { Trust } from '../../../../shared/domain/triage/trust.ts';

/** So many examples of a label, each with probability 0.8 for what the model takes it for. */
function examples(count: number, given: number, answered: number) {
  const probabilities = [0.1, 0.1, 0.1].with(answered, 0.8);
  return Array.from({ length: count }, () => ({ given, probabilities }));
}

describe('Trust', () => {
  test('knows nothing against a model where hardly an example is trusted', () => {
    const trust = new Trust(examples(19, 0, 1));
    expect([trust.errorRate, trust.confusion(0, 1), trust.unexplained(0.3)]).toEqual([0, 0, 1]);
  });

  test('takes failures for the judge’s as far as the model surely errs less often than that', () => {
    const trust = new Trust([...examples(39, 0, 1), ...examples(159, 1, 1)]);
    expect(trust.errorRate).toBeCloseTo(40 / 200, 10);
    expect(trust.unexplained(0.21)).toBe(0);
    expect(trust.unexplained(0.1)).toBe(0);
    expect(trust.unexplained(0.5)).toBeGreaterThan(0.5);
    expect(trust.unexplained(0.5)).toBeLessThan(0.6);
  });

  test('tells which label is taken for which, the less the fewer examples there are of it', () => {
    const trust = new Trust([...examples(50, 0, 1), ...examples(50, 0, 0), ...examples(98, 1, 1)]);
    const mean = 51 / 200 / 2;
    expect(trust.confusion(0, 1)).toBeCloseTo((50 + 10 * mean) / 110, 10);
    expect(trust.confusion(1, 0)).toBeCloseTo((10 * mean) / 108, 10);
    expect(trust.confusion(2, 0)).toBeCloseTo(mean, 10);
  });
});
