import { expect, test } from 'vitest';
import { chanceOfGain } from '../../../bench/gate-simulation/exact.ts';
import { marginChart } from '../../../bench/gate-simulation/margin-chart.ts';
import { cautions, churns, margins, normalMargin, sizes } from '../../../bench/gate-simulation/plan.ts';
import { draw, isPlantable, type Planted } from '../../../bench/gate-simulation/planted.ts';
import { type Promoted, promotedShares } from '../../../bench/gate-simulation/simulate.ts';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';

const planted = (better: number, pairs = 1_000, churn = 0.05): Planted => ({ better, churn, pairs, falling: 0 });
const shares = (candidate: Planted, decisions: number): Record<string, number> =>
  Object.fromEntries(promotedShares(candidate, cautions, decisions, 7).map(({ gate, share }) => [gate, share]));

test('what is worse than the margin is promoted at most one time in twenty, at every size and rate of change', () => {
  for (const pairs of sizes) {
    for (const churn of churns) {
      expect(chanceOfGain(planted(-0.005, pairs, churn), normalMargin)).toBeLessThan(0.05);
      expect(chanceOfGain(planted(-0.01, pairs, churn), normalMargin)).toBeLessThan(0.015);
      expect(chanceOfGain(planted(-0.02, pairs, churn), normalMargin)).toBeLessThan(0.002);
    }
  }
});

test('the whole gate promotes as often as the gain rule alone says, and bolder ones more often', () => {
  for (const better of [-0.005, 0, 0.01]) {
    const { strict = 1, normal = 0, bold = 0 } = shares(planted(better, 500), 300);
    expect(Math.abs(normal - chanceOfGain(planted(better, 500), normalMargin))).toBeLessThan(0.06);
    expect(strict).toBeLessThanOrEqual(normal);
    expect(normal).toBeLessThanOrEqual(bold);
  }
});

test('a candidate two points worse is refused, and one five points better promoted', () => {
  expect(shares(planted(-0.02), 150)).toEqual({ strict: 0, normal: 0, bold: 0 });
  expect(shares(planted(0.05), 150)).toEqual({ strict: 1, normal: 1, bold: 1 });
});

test('a label that loses half of its records is seen under a better total', () => {
  expect(shares({ ...planted(0.01), falling: 0.5 }, 100).normal).toBeLessThan(0.05);
});

test('a drawn candidate changes as much, and is as much better, as was planted', () => {
  const random = new SeededRandom().stream(7, 'draw');
  for (const falling of [0, 0.3]) {
    const { pairs, facets, memory } = draw({ better: 0.01, churn: 0.05, pairs: 100_000, falling }, random);
    expect((pairs.gained.length - pairs.lost.length) / 100_000).toBeCloseTo(0.01, 2);
    expect(facets.reduce((sum, { gained }) => sum + gained, 0)).toBe(pairs.gained.length);
    expect((facets[0]?.lost ?? 0) / 5_000).toBeCloseTo(falling === 0 ? 0.02 : falling, 1);
    expect(memory[0]?.lost.length ?? 0).toBeLessThan(pairs.lost.length);
  }
  expect(isPlantable(planted(0.05, 500, 0.02))).toBe(false);
});

test('the chart draws a line for each number of records and a cross for each strict gate', () => {
  const results: Promoted[] = sizes.flatMap((pairs) =>
    churns.flatMap((churn) =>
      [-0.005, 0.01].flatMap((better) =>
        [...margins, ...cautions].map(({ name }, at) => ({
          planted: planted(better, pairs, churn),
          gate: name,
          share: (better > 0 ? 0.1 : 0.01) * (at + 1),
          lower: 0,
          upper: 1,
        })),
      ),
    ),
  );
  const svg = marginChart(results);
  expect(svg).not.toContain('NaN');
  expect(svg.match(/2,000 records/g)).toHaveLength(1);
  expect(svg.match(/>0\.25</g)).toHaveLength(9);
});
