import { expect, test } from 'vitest';
import { type Day, differences } from '../../../../bench/chaos/trial.ts';

const day: Day = {
  decision: 'promoted',
  scores: { c1: 0.9 },
  log: 'a',
  contents: {
    champion: 'c2',
    moves: ['create null c1', 'promote c1 c2'],
    checkpoints: ['c1', 'c2'],
    datasets: ['d1'],
    frozenSets: [],
    ledger: 'l',
  },
};
const other: Day = {
  decision: 'kept',
  scores: {},
  log: 'b',
  contents: { champion: 'c1', moves: [], checkpoints: [], datasets: [], frozenSets: ['f'], ledger: 'm' },
};

test('each part of a day that is another one is told', () => {
  expect(differences(day, day, false)).toEqual([]);
  const told = differences(other, day, false).join('\n');
  for (const part of ['decision', 'scores', 'log', ...Object.keys(day.contents)])
    expect(told).toContain(`another ${part}: `);
});

test('a run that was given up leaves what it wrote, and decides nothing', () => {
  const after = { ...day, contents: { ...other.contents, champion: 'c2', moves: day.contents.moves } };
  expect(differences(after, day, true)).toEqual([]);
  expect(differences({ ...after, decision: 'kept' }, day, true)).toHaveLength(1);
  expect(differences(day, undefined, true)).toHaveLength(1);
});
