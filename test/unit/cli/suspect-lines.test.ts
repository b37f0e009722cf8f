import { expect, test } from 'vitest';
import { closingLine } from '../../../cli/suspect-lines.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { extraction } from '../../../shared/tasks/extraction/extraction.ts';

test('suspects are counted, with the way to the rest', () => {
  expect(closingLine({ listed: 0, found: 0, run: 'r1', byPeople: true }, classification)).toBe(
    'Run r1 found no suspect judgement. What people judged is never suspect.',
  );
  expect(closingLine({ listed: 0, found: 0, run: 'r1', byPeople: false }, classification)).toBe(
    'Run r1 found no suspect judgement.',
  );
  expect(closingLine({ listed: 20, found: 30, run: 'r1', byPeople: true }, classification)).toBe(
    '20 suspect judgements of 30 that run r1 found; --all lists the rest.',
  );
});

test('a task of which wrong judgements are not looked for says so', () => {
  const plain = { ...extraction, triage: [] };
  const end = ' Wrong judgements of entities are not looked for yet; where people disagree is.';
  expect(closingLine({ listed: 0, found: 0, run: 'r1', byPeople: true }, plain)).toBe(
    `Run r1 found no trace on which people disagree.${end}`,
  );
  expect(closingLine({ listed: 1, found: 1, run: 'r1', byPeople: true }, plain)).toBe(
    `1 trace on which people disagree of 1 that run r1 found.${end}`,
  );
});
