import { describe, expect, it } from 'vitest';
import { packRights } from '../../../../bench/adaptft/arms/rights.ts';
import type { Score } from '../../../../bench/adaptft/arms/score.ts';
import { type Cell, cellName, cells } from '../../../../bench/weak-starts/cell.ts';
import { type CellResult, protocol } from '../../../../bench/weak-starts/cell-result.ts';
import { gainChart } from '../../../../bench/weak-starts/gain-chart.ts';
import { markdown } from '../../../../bench/weak-starts/markdown.ts';
import { summarise } from '../../../../bench/weak-starts/summarise.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';

function score(right: number): Score {
  return { right, of: 100, rights: packRights(Array.from({ length: 100 }, (_, at) => at < right)) };
}

function result(cell: Cell, seed: number, [start, after, all]: readonly [number, number, number]): CellResult {
  return {
    protocol,
    ...cell,
    seed,
    start: score(start),
    after: score(after),
    all: score(all),
    run: {
      decision: after === start ? 'kept' : 'promoted',
      reason: 'too few failures',
      iterations: 1,
      failures: 30,
      records: 200,
      seconds: 5,
      offered: [],
      champion: { clean: 0.8, noisy: 0 },
      change: null,
      gate: [],
    },
    triage: { precision: 0.9, wrongCorrections: 20, wrongCorrectionsRemoved: 0.5, good: 200, goodRemoved: 0.01 },
    cpuSeconds: 10,
  };
}

const few = { labels: 30, perLabel: 2, traces: 250 };
const many = { labels: 30, perLabel: 2, traces: 3_000 };
const results = [
  result(few, 1, [80, 80, 84]),
  result(few, 2, [82, 84, 84]),
  result(many, 1, [80, 94, 92]),
  result(many, 2, [82, 96, 95]),
];
const summary = summarise(results, new SeededRandom());
const facts = { command: 'bench', seeds: [1, 2], machine: 'm', versions: 'v', cpuMinutes: 1, chart: 'weak-starts.svg' };

describe('the cells', () => {
  it('are all ways to begin, each with a name of its own', () => {
    expect(cells).toHaveLength(36);
    expect(new Set(cells.map(cellName)).size).toBe(36);
  });
});

describe('the summary', () => {
  it('counts promotions and gains by cell, over the seeds', () => {
    expect(summary.cells.map(({ promoted, seeds }) => [promoted, seeds])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(summary.cells[0]?.gain.mean).toBeCloseTo(0.01, 12);
    expect(summary.cells[1]?.lessAll.mean).toBeCloseTo(0.015, 12);
    expect(summary.cells[0]?.kept).toBe('too few failures');
    expect(summary.cells[1]?.kept).toBeNull();
  });

  it('adds cells of as many traces up', () => {
    expect(summary.byTraces.map(({ traces, runs, promoted, lower }) => [traces, runs, promoted, lower])).toEqual([
      [250, 2, 1, 0],
      [3_000, 2, 2, 0],
    ]);
  });

  it('is shown as a page that begins with the answer, and as a picture', () => {
    const page = markdown(summary, facts);
    expect(page.split('\n')[2]).toContain('3 of 4 runs promoted; from 3,000 traces on every run pays');
    expect(page).toContain('30 labels × 2 with 250 traces (−2.0)');
    const svg = gainChart(summary.cells);
    expect(svg).toContain('+14.0');
    expect(svg).toContain('1/2 promoted');
  });
});
