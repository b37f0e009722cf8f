import { expect, test } from 'vitest';
import type { LabelChange } from '../../../shared/domain/base/label-change.ts';
import { examplesToday } from '../../../shared/domain/curriculum/examples-today.ts';
import { itemsToday } from '../../../shared/domain/evaluation/frozen-records.ts';
import type { Example } from '../../../shared/domain/models/example.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { relabelling } from '../../../shared/tasks/classification/label-changes.ts';

const changes: readonly LabelChange[] = [
  { how: 'rename', from: 'a', to: 'new' },
  { how: 'merge', labels: ['b', 'c'], aliases: [], into: 'bc' },
  { how: 'split', from: 'd', into: ['d1', 'd2'] },
];
const reading = relabelling.reading(changes);

const example = (output: string): Example => ({
  exampleId: output,
  input: `text of ${output}`,
  output: labelOutput(output),
  weight: 1,
  slice: 'gold',
  provenance: { kind: 'file', line: 1 },
  folds: [],
});
const item = (expected: string, right: boolean) => ({
  exampleId: `${expected} ${right}`,
  input: expected,
  expected: labelOutput(expected),
  right,
});

test('examples of a dataset read in the labels of today, those of a split label are left open as they were', () => {
  const { examples, leftOpen } = examplesToday(['a', 'b', 'c', 'd', 'e'].map(example), reading);
  expect(examples.map(({ exampleId, output }) => [exampleId, output])).toEqual([
    ['a', 'new'],
    ['b', 'bc'],
    ['c', 'bc'],
    ['e', 'e'],
  ]);
  expect(leftOpen).toEqual([example('d')]);
  expect(examplesToday([example('d')], null)).toEqual({ examples: [example('d')], leftOpen: [] });
});

test('frozen records follow renames and merges; what nobody can know any more is left out', () => {
  const items = [
    item('a', true),
    item('a', false),
    item('b', true),
    item('b', false),
    item('d', true),
    item('e', false),
  ];
  expect(itemsToday(items, reading).map(({ exampleId, expected, right }) => [exampleId, expected, right])).toEqual([
    ['a true', 'new', true],
    ['a false', 'new', false],
    ['b true', 'bc', true],
    ['e false', 'e', false],
  ]);
  expect(itemsToday(items, null)).toBe(items);
});
