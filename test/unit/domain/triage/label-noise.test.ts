import { describe, expect, test } from 'vitest';
import { fitSharpness, type NoiseSample, sharpened } from '../../../../shared/domain/triage/label-noise.ts';

test('sharpened probabilities are those whose odds are raised to the sharpness', () => {
  const logits = [Math.log(2), 0, 0];
  expect([...sharpened(logits, 1)].map((p) => p.toFixed(6))).toEqual(['0.500000', '0.250000', '0.250000']);
  expect([...sharpened(logits, 2)].map((p) => p.toFixed(6))).toEqual(['0.666667', '0.166667', '0.166667']);
  expect([...sharpened([-2_000, -1_000], 3)]).toEqual([0, 1]);
  expect([...sharpened([1_000, 1_000], 0.5)]).toEqual([0.5, 0.5]);
});

/** Labels given as often as models say that are too flat or too sharp by a factor; some of them at random instead. */
function givenBy(factor: number, random: number): NoiseSample[] {
  return [0.5, 1, 1.5, 2, 3, 4].flatMap((logit) => {
    const logits = [logit, 0, 0, 0];
    const top = Math.exp(factor * logit) / (Math.exp(factor * logit) + 3);
    const right = Math.round(300 * (top * (1 - random) + (random * (1 - top)) / 3));
    return Array.from({ length: 300 }, (_, at) => ({ logits, given: at < right ? 0 : 1 + (at % 3) }));
  });
}

describe('how far models are to be sharpened', () => {
  test.each([0.6, 1, 1.5, 2])('is told by what is given: %d', (factor) => {
    expect(fitSharpness(givenBy(factor, 0))).toBe(factor);
  });

  test('is not spoilt by labels given at random', () => {
    expect(Math.abs(fitSharpness(givenBy(1.5, 0.1)) - 1.5)).toBeLessThanOrEqual(0.25);
  });

  test('is the most where models are always right, and nothing where nothing is given', () => {
    const right = Array.from({ length: 20 }, () => ({ logits: [1, 0, 0], given: 0 }));
    expect(fitSharpness(right)).toBe(3);
    expect(fitSharpness([])).toBe(1);
  });

  test('is read from every second label where there are more than 20,000, so that many take no longer', () => {
    const times = (samples: readonly NoiseSample[]) => Array.from({ length: 11 }, () => samples).flat();
    const others = times(givenBy(0.6, 0));
    const mixed = times(givenBy(1.5, 0)).flatMap((sample, at) => [sample, others[at] ?? sample]);
    expect(mixed.length).toBe(39_600);
    expect(fitSharpness(mixed)).toBe(1.5);
  });
});
