import { describe, expect, it } from 'vitest';
import { packRights, unpackRights } from '../../../../bench/adaptft/arms/rights.ts';
import { pairedDifference } from '../../../../bench/adaptft/results/bootstrap.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';

const stream = () => new SeededRandom().stream(1, 'bootstrap');
const draw = (share: number, name: string) => {
  const random = new SeededRandom().stream(1, name);
  return Array.from({ length: 900 }, () => random.next() < share);
};

describe('pairedDifference', () => {
  it('finds no difference between a model and itself', () => {
    const rights = draw(0.9, 'same');
    expect(pairedDifference([{ a: rights, b: rights }], stream())).toEqual({ mean: 0, lower: 0, upper: 0, seeds: 1 });
  });

  it('has the interval of the normal approximation where there is one seed', () => {
    const pair = { a: draw(0.9, 'a'), b: draw(0.8, 'b') };
    const values = pair.a.map((right, at) => Number(right) - Number(pair.b[at]));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const half = (1.96 * sd) / Math.sqrt(values.length);
    const found = pairedDifference([pair], stream());
    expect(found.mean).toBeCloseTo(mean, 12);
    expect(found.lower).toBeCloseTo(mean - half, 2);
    expect(found.upper).toBeCloseTo(mean + half, 2);
  });

  it('is wider where seeds disagree', () => {
    const good = { a: draw(0.95, 'g'), b: draw(0.85, 'h') };
    const bad = { a: draw(0.8, 'i'), b: draw(0.9, 'j') };
    const { lower, upper } = pairedDifference([good, bad, good, bad, good], stream());
    expect(lower).toBeLessThan(-0.03);
    expect(upper).toBeGreaterThan(0.08);
  });
});

describe('packed rights', () => {
  it.each([0, 1, 7, 8, 9, 900])('come back as they were, %i of them', (length) => {
    const rights = draw(0.6, 'pack').slice(0, length);
    expect(unpackRights(packRights(rights), length)).toEqual(rights);
  });
});
