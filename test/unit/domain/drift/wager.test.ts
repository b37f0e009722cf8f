import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { ranksOf } from '../../../../shared/domain/drift/ranks.ts';
import { betOn, newWager, type Sides } from '../../../../shared/domain/drift/wager.ts';

describe('betOn', () => {
  test.each(['rise', 'both'] as const)('is fair: over p-values evenly on [0, 1] wealth stays, %s', (sides) => {
    const random = new SeededRandom().stream(1, 'fair');
    const before = betOn(
      newWager(sides),
      Float64Array.from({ length: 400 }, () => random.next()),
    );
    const steps = 3_000;
    let sum = 0;
    for (let at = 0; at < steps; at += 1) {
      const after = betOn(before, Float64Array.of((at + 0.5) / steps));
      sum += Math.exp(after.logWealth - before.logWealth);
    }
    expect(sum / steps).toBeCloseTo(1, 2);
  });

  test('stakes nothing on the first 50, which is where it begins', () => {
    expect(betOn(newWager('rise'), new Float64Array(50).fill(0.001))).toMatchObject({
      seen: 50,
      logWealth: 0,
      waiting: 1,
    });
  });

  test('is the same in one part or in many', () => {
    const random = new SeededRandom().stream(2, 'parts');
    const ps = Float64Array.from({ length: 300 }, () => random.next());
    const parts = betOn(betOn(newWager('both'), ps.subarray(0, 120)), ps.subarray(120));
    expect(parts).toEqual(betOn(newWager('both'), ps));
  });

  test('gains by small p-values, on both sides by large ones too, and not on one side', () => {
    const many = (p: number, sides: Sides) => betOn(newWager(sides), new Float64Array(150).fill(p)).logWealth;
    expect(many(0.01, 'rise')).toBeGreaterThan(20);
    expect(many(0.99, 'both')).toBeGreaterThan(20);
    expect(many(0.99, 'rise')).toBeLessThan(0);
  });

  test('keeps the highest that it ever had', () => {
    const high = betOn(newWager('rise'), new Float64Array(150).fill(0.01));
    const low = betOn(high, new Float64Array(500).fill(0.9));
    expect(low.logWealth).toBeLessThan(high.logWealth);
    expect(low.highest).toBe(high.highest);
  });
});

describe('ranksOf', () => {
  test('is the share of larger scores, and a part by lot of equal ones, itself among them', () => {
    // 2 larger and 3 equal of 6, the new one counted.
    expect(ranksOf([1, 2, 2], [1], () => 0.5)).toEqual({ ps: Float64Array.of((2 + 0.5 * 3) / 6), counts: [1, 3, 2] });
  });

  test('holds each score against those before it in the same call', () => {
    expect([...ranksOf([0, 0], [1, 0], () => 0).ps]).toEqual([0, 1 / 2]);
  });
});
