import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import {
  evidenceOfMore,
  evidenceOfWeighted,
  mostPicked,
} from '../../../../shared/domain/evaluation/anytime-evidence.ts';

const share = fc.double({ min: 0.05, max: 0.95, noNaN: true });

describe('evidenceOfMore', () => {
  test('is 1 before anything came', () => {
    expect(evidenceOfMore(0, 0, 0.5)).toBe(1);
    expect(evidenceOfMore(0, 0, 0.2)).toBe(1);
  });

  test('is the integral of the wealth over the stakes', () => {
    // Of (1 + s)^3 over s from 0 to 1, (2^4 - 1) / 4; of (1 + s)(1 - s), 2 / 3.
    expect(evidenceOfMore(3, 0, 0.5)).toBeCloseTo(15 / 4, 4);
    expect(evidenceOfMore(1, 1, 0.5)).toBeCloseTo(2 / 3, 4);
    // At a share of a fifth a win pays four times the stake: of 1 + 4 s.
    expect(evidenceOfMore(1, 0, 0.2)).toBeCloseTo(3, 6);
  });

  test('is a fair game: what is to be expected of one more is what there is', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), share, (times, others, against) => {
        const next =
          against * evidenceOfMore(times + 1, others, against) +
          (1 - against) * evidenceOfMore(times, others + 1, against);
        const now = evidenceOfMore(times, others, against);
        expect(Math.abs(next / now - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  test('reaches 20 in at most 5 % of sequences that are no more frequent, looked at after each', () => {
    for (const against of [0.5, 0.2]) {
      const random = new SeededRandom().stream(3, String(against));
      const isEnough = new Map<string, boolean>();
      const looked = (times: number, others: number): boolean => {
        const key = `${times} ${others}`;
        const found = isEnough.get(key) ?? evidenceOfMore(times, others, against) >= 20;
        isEnough.set(key, found);
        return found;
      };
      let reached = 0;
      for (let sequence = 0; sequence < 1_000; sequence += 1) {
        let times = 0;
        for (let at = 1; at <= 200; at += 1) {
          if (random.next() < against) times += 1;
          if (!looked(times, at - times)) continue;
          reached += 1;
          break;
        }
      }
      expect(reached).toBeGreaterThan(0);
      expect(reached / 1_000).toBeLessThanOrEqual(0.05);
    }
  });

  test('stays a number where there is very much', () => {
    expect(evidenceOfMore(100_000, 100_000, 0.5)).toBeLessThan(1);
    expect(evidenceOfMore(10_000, 0, 0.5)).toBeGreaterThan(1e300);
  });
});

describe('evidenceOfWeighted', () => {
  test('is that of a half where all count alike', () => {
    const all = [{ weight: 1, times: 9, others: 2 }];
    expect(evidenceOfWeighted(all)).toBeCloseTo(evidenceOfMore(9, 2, 0.5), 9);
    expect(evidenceOfWeighted([])).toBe(1);
  });

  test('is the integral of the wealth over the stakes', () => {
    // Of (1 + s)(1 - s / 4) over s from 0 to 1.
    const mixed = [
      { weight: 1, times: 1, others: 0 },
      { weight: 0.25, times: 0, others: 1 },
    ];
    expect(evidenceOfWeighted(mixed)).toBeCloseTo(1 + 3 / 8 - 1 / 12, 4);
  });

  test('is a fair game where the weights of both sum up alike, however unlike they come', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(30), share, (a, b, c, d, weight) => {
        const now = (heavy: number, heavyOthers: number, light: number, lightOthers: number) =>
          evidenceOfWeighted([
            { weight: 1, times: heavy, others: heavyOthers },
            { weight, times: light, others: lightOthers },
          ]);
        // Heavy ones against, and as much more light ones in favour as they weigh less.
        const next = (weight * now(a + 1, b, c, d) + now(a, b, c, d + 1)) / (1 + weight);
        expect(next / now(a, b, c, d)).toBeLessThan(1 + 1e-9);
        expect(next / now(a, b, c, d)).toBeGreaterThan(1 - 1e-9);
      }),
    );
  });
});

describe('mostPicked', () => {
  test('is 1 where all answers are judged', () => {
    expect(mostPicked(1, 0.3)).toBeCloseTo(1, 12);
  });

  test('is how much likelier wrong answers are judged where all of them are', () => {
    // 1,000 answers, 100 wrong and all judged, 100 of 900 right ones judged: nine times as likely.
    expect(mostPicked(0.2, 0.5)).toBeCloseTo(9, 9);
  });

  test('bounds whatever picks judgements', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        share,
        share,
        (wrong, right, a, b) => {
          const judgedWrong = wrong * a;
          const judgedRight = right * b;
          const judged = judgedWrong + judgedRight;
          const bound = mostPicked(judged / (wrong + right), judgedWrong / judged);
          expect(bound).toBeGreaterThanOrEqual((a / b) * (1 - 1e-9));
        },
      ),
    );
  });
});
