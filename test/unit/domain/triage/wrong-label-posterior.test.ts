import { describe, expect, test } from 'vitest';
import { type PosteriorSample, wrongLabelPosterior } from '../../../../shared/domain/triage/wrong-label-posterior.ts';
import { atRandom, byRule, type Judging, plantErrors } from '../../../helpers/planted-errors.ts';

const labels = 6;

/** The models are calibrated and say nothing surely: what is measured is the posterior alone. */
function posterior(judge: Judging, records = 6_000) {
  const planted = plantErrors({ labels, records, judge, sure: 4.5 });
  const samples = planted.records.map(({ first, given }): PosteriorSample => {
    return { probabilities: first, given: planted.labels.indexOf(given), kind: 0, stretch: 0 };
  });
  const right = planted.right.map((label) => planted.labels.indexOf(label));
  return { samples, right, ...wrongLabelPosterior(samples, labels) };
}

describe('wrongLabelPosterior', () => {
  test.each([
    ['at random', atRandom(0.15, labels)],
    ['by a rule', byRule(0.15, labels)],
  ])('is right as often as it says, with a judge who errs %s', (_, judge) => {
    const { samples, right, wrong } = posterior(judge, 12_000);
    let bins = 0;
    for (let bin = 0; bin < 10; bin += 1) {
      const inBin = [...wrong.keys()].filter((at) => Math.min(9, Math.floor(10 * (wrong[at] ?? 0))) === bin);
      if (inBin.length < 150) continue;
      bins += 1;
      const mean = inBin.reduce((sum, at) => sum + (wrong[at] ?? 0), 0) / inBin.length;
      const share = inBin.filter((at) => samples[at]?.given !== right[at]).length / inBin.length;
      expect(Math.abs(mean - share)).toBeLessThan(0.16);
    }
    expect(bins).toBeGreaterThanOrEqual(3);
  });

  test('finds how often the judge errs, and what is written for what', () => {
    const { errors } = posterior(byRule(0.2, labels));
    expect(errors.rates[0]?.[0]).toBeGreaterThan(0.17);
    expect(errors.rates[0]?.[0]).toBeLessThan(0.23);
    for (let y = 0; y < labels; y += 1) expect(errors.written[y]?.[(y + 1) % labels]).toBeGreaterThan(0.8);
  });

  test('tells rows that sum to 1, and counts that sum to the records', () => {
    const { errors } = posterior(atRandom(0.2, labels), 1_000);
    for (const [y, row] of errors.written.entries()) {
      expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
      expect(row[y]).toBe(0);
    }
    expect(errors.counts.flatMap((row) => [...row]).reduce((sum, count) => sum + count, 0)).toBeCloseTo(1_000, 1);
  });

  test('keeps kinds and stretches apart, and few records near the rate of their kind', () => {
    const { samples } = posterior(atRandom(0.25, labels), 4_000);
    const right = posterior(atRandom(0, labels), 4_000).samples;
    const few = samples.slice(0, 3).map((sample) => ({ ...sample, kind: 1, stretch: 2 }));
    const mixed = [
      ...samples.map((sample) => ({ ...sample, kind: 1 })),
      ...right.map((sample) => ({ ...sample, kind: 1, stretch: 1 })),
      ...right.map((sample) => ({ ...sample, kind: 0, stretch: 0 })),
      ...few,
    ];
    const [passes, corrections] = wrongLabelPosterior(mixed, labels).errors.rates;
    expect(passes?.[0]).toBeLessThan(0.03);
    expect(corrections?.[0]).toBeGreaterThan(0.2);
    expect(corrections?.[1]).toBeLessThan(0.03);
    expect(corrections?.[2]).toBeGreaterThan(0.05);
    expect(corrections?.[2]).toBeLessThan(0.25);
  });

  test('takes what a model rules out for wrong, and needs no records at all', () => {
    expect(wrongLabelPosterior([], labels).wrong.length).toBe(0);
    const sure = { probabilities: [0, 1, 0, 0, 0, 0], kind: 0, stretch: 0 };
    const { wrong, likely } = wrongLabelPosterior(
      [
        { ...sure, given: 0 },
        { ...sure, given: 1 },
      ],
      labels,
    );
    expect([wrong[0], likely[0], wrong[1]]).toEqual([1, 1, 0]);
  });
});
