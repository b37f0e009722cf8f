import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { agreementOf, alignmentOf, correctedRate } from '../../../../shared/domain/evaluation/judge-alignment.ts';

const agreement = (passes: [number, number], fails: [number, number]) => ({
  passes: { agreed: passes[0], of: passes[1] },
  fails: { agreed: fails[0], of: fails[1] },
});

describe('the alignment of a judge', () => {
  it('counts agreement on passes and on fails apart', () => {
    const pairs = [
      { human: 'pass', judge: 'pass' },
      { human: 'pass', judge: 'fail' },
      { human: 'fail', judge: 'fail' },
      { human: 'fail', judge: 'pass' },
      { human: 'fail', judge: 'fail' },
    ] as const;
    expect(agreementOf(pairs)).toEqual(agreement([1, 2], [2, 3]));
  });

  it.each([
    ['enough, and as good as it has to be', agreement([45, 50], [45, 50]), true],
    ['one pass too few', agreement([49, 49], [50, 50]), false],
    ['one fail too few', agreement([50, 50], [49, 49]), false],
    ['passes whatever it sees', agreement([200, 200], [0, 200]), false],
    ['fails whatever it sees', agreement([0, 200], [200, 200]), false],
    ['a little too strict', agreement([44, 50], [50, 50]), false],
    ['a little too lenient', agreement([1000, 1000], [899, 1000]), false],
  ])('%s', (_what, given, counts) => {
    expect(alignmentOf(given).counts).toBe(counts);
  });

  it('says what is missing', () => {
    expect(alignmentOf(agreement([10, 12], [50, 50])).why).toBe(
      'It and people have judged too few of the same answers: 12 of 50 passes.',
    );
    expect(alignmentOf(agreement([95, 100], [70, 100])).why).toBe(
      'Of what people found wrong it finds 70.0 % (70 of 100); at least 90.0 %, and surely 80.0 %, is asked for.',
    );
  });

  it('never counts for less agreement than it did not count for', () => {
    const side = fc
      .tuple(fc.nat(200), fc.nat(200))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as [number, number]);
    fc.assert(
      fc.property(side, side, (passes, fails) => {
        if (!alignmentOf(agreement(passes, fails)).counts) return;
        const better = agreement([passes[1], passes[1]], fails);
        expect(alignmentOf(better).counts).toBe(true);
        expect(passes[0] / passes[1]).toBeGreaterThanOrEqual(0.9);
        expect(Math.min(passes[1], fails[1])).toBeGreaterThanOrEqual(50);
      }),
    );
  });
});

describe('a corrected rate', () => {
  it('is what a judge of these errors would have made of it', () => {
    // Of 1000 answers 700 are right: 0.95 of them pass, and 0.1 of the 300 wrong ones.
    const said = { passes: 0.95 * 700 + 0.1 * 300, of: 1000 };
    expect(correctedRate(said, agreement([95, 100], [90, 100]))?.value).toBeCloseTo(0.7, 10);
  });

  it('is the plain share where the judge never errs, up to the interval', () => {
    const rate = correctedRate({ passes: 60, of: 100 }, agreement([500, 500], [500, 500]));
    expect(rate?.value).toBeCloseTo(0.6, 10);
    expect(rate?.lower).toBeCloseTo(0.5, 1);
    expect(rate?.upper).toBeCloseTo(0.69, 1);
  });

  // Examples 1 to 4 of Lang and Reiczigel (2014), with the intervals that the paper gives.
  it.each([
    [4060, 11284, [178, 179], [358, 359], [0.349, 0.372]],
    [51, 2971, [32, 33], [20, 20], [0, 0.053]],
    [0.06 * 11862, 11862, [8, 10], [12, 12], [0, 0.147]],
    [259, 509, [84, 127], [96, 109], [0.58, 0.87]],
    [51, 509, [23, 41], [187, 195], [0.037, 0.195]],
  ] as const)('has the interval of its paper: %d of %d passed', (passed, of, passes, fails, [lower, upper]) => {
    const rate = correctedRate({ passes: passed, of }, agreement([...passes], [...fails]));
    const places = lower === 0.58 ? 2 : 3;
    expect(rate?.lower.toFixed(places)).toBe(lower.toFixed(places));
    expect(rate?.upper.toFixed(places)).toBe(upper.toFixed(places));
  });

  it('is unknown where nothing is known', () => {
    expect(correctedRate({ passes: 0, of: 0 }, agreement([9, 10], [9, 10]))).toBeNull();
    expect(correctedRate({ passes: 5, of: 10 }, agreement([0, 0], [9, 10]))).toBeNull();
    expect(correctedRate({ passes: 5, of: 10 }, agreement([5, 10], [5, 10]))).toBeNull();
  });

  it('stays within 0 and 1 and within its interval’s ends', () => {
    const side = fc
      .tuple(fc.nat(300), fc.nat(300))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as [number, number]);
    fc.assert(
      fc.property(side, side, side, (passes, fails, [saidPasses, of]) => {
        const rate = correctedRate({ passes: saidPasses, of }, agreement(passes, fails));
        if (rate === null) return;
        for (const value of Object.values(rate)) expect(value).toBeGreaterThanOrEqual(0);
        for (const value of Object.values(rate)) expect(value).toBeLessThanOrEqual(1);
        expect(rate.lower).toBeLessThanOrEqual(rate.upper);
      }),
    );
  });

  it.each([
    [0.7, 0.95, 0.92, 100, 300],
    [0.9, 0.92, 0.9, 60, 200],
    [0.3, 0.9, 0.97, 50, 100],
  ])('holds the true rate %f nineteen times in twenty (TPR %f, TNR %f)', (rate, tpr, tnr, people, of) => {
    const random = new SeededRandom().stream(7, 'coverage');
    const times = (n: number, p: number) => Array.from({ length: n }).filter(() => random.next() < p).length;
    const rounds = 2_000;
    let held = 0;
    for (let round = 0; round < rounds; round += 1) {
      const right = times(of, rate);
      const said = { passes: times(right, tpr) + times(of - right, 1 - tnr), of };
      const found = correctedRate(said, agreement([times(people, tpr), people], [times(people, tnr), people]));
      if (found !== null && found.lower <= rate && rate <= found.upper) held += 1;
    }
    expect(held / rounds).toBeGreaterThan(0.935);
    expect(held / rounds).toBeLessThan(0.985);
  });
});
