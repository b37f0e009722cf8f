import { describe, expect, it } from 'vitest';
import { markdown } from '../../../../bench/weak-tagger/markdown.ts';
import type { StartResult } from '../../../../bench/weak-tagger/run-start.ts';

const result: StartResult = {
  start: 'over-predicting',
  seed: 1,
  traces: 3000,
  examples: 20,
  types: 11,
  decision: 'promoted',
  before: { f1: 0.35, spurious: 700, missed: 200, right: 100, of: 700 },
  after: { f1: 0.87, spurious: 40, missed: 80, right: 620, of: 700 },
  rightBefore: 400,
  freshLost: 5,
  freshGained: 525,
  gate: { of: 2900, gained: 2300, lost: 12 },
  cpuSeconds: 60,
  version: '0.1.0 (abc)',
};

describe('the page of the weak taggers', () => {
  it('counts the seeds that reach what is wanted, and losses by right traces and by all', () => {
    const page = markdown([result, { ...result, seed: 2, after: { ...result.after, f1: 0.79 } }], {
      command: 'bench',
      machine: 'two cores',
      versions: 'Node',
    });
    expect(page).toContain('**F1 0.350 → 0.830 on average; 1 of 2 seeds end at 0.80 or more.**');
    expect(page).toContain(
      'Of the traces that were right 3.0 % are lost on average: 0 of 2 seeds lose at most 1 % of them, 2 of 2 at most 1 % of all traces.',
    );
    expect(page).toContain('| 1 | promoted | 0.350 → 0.870 | 700 → 40 | 200 → 80 |');
    expect(page).toContain('| 12 of 400: 3.0 % | 0.4 % |');
    expect(page).toContain('2 CPU minutes');
  });
});
