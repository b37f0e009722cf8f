import { describe, expect, it } from 'vitest';
import { textAt } from '../../../../../shared/adapters/backends/embedded/shared-memory.ts';
import {
  examplesByRow,
  judgedRows,
  trainedRows,
  trainingRows,
} from '../../../../../shared/adapters/backends/embedded/training-rows.ts';

const labels = ['a', 'b'];
const example = (text: string, folds: readonly number[], output = 'a') => ({ text, output, weight: 1, folds });
const examples = [
  example('one', [0]),
  example('two', [1], 'b'),
  example('one', [0], 'b'),
  example('one', [4]),
  example('three €', [1, 9]),
  example('four', []),
];

describe('training rows', () => {
  const rows = trainingRows(examples, labels, true);

  it('are one for examples of equal text and folds', () => {
    expect([...rows.rowOf]).toEqual([0, 1, 0, 2, 3, 4]);
    expect(Array.from(rows.rowFolds, (_, row) => textAt(rows.texts, row))).toEqual([
      'one',
      'two',
      'one',
      'three €',
      'four',
    ]);
    expect(examplesByRow(rows, Int32Array.of(0, 3))).toEqual([[0, 2], [], [], [4], []]);
  });

  it('are one for examples of equal text where folds do not matter', () => {
    const plain = trainingRows(examples, labels, false);
    expect([...plain.rowOf]).toEqual([0, 1, 0, 0, 2, 3]);
    expect([...trainedRows(plain, { part: 0, parts: 5 })]).toEqual([0, 1, 2, 3]);
  });

  it('are trained by the models of parts that hold none of their folds', () => {
    expect([...trainedRows(rows, { part: 0, parts: 5 })]).toEqual([2, 4]);
    expect([...trainedRows(rows, { part: 0, parts: 10 })]).toEqual([1, 2, 3, 4]);
    expect([...trainedRows(rows, { part: 9, parts: 10 })]).toEqual([0, 1, 2, 4]);
    expect([...trainedRows(rows, null)]).toEqual([0, 1, 2, 3, 4]);
  });

  it('are judged by the one model that has not trained them, and by none where several have not', () => {
    expect([...judgedRows(rows, { part: 0, parts: 5 })]).toEqual([0, 1]);
    expect([...judgedRows(rows, { part: 4, parts: 5 })]).toEqual([]);
    expect([...judgedRows(rows, { part: 2, parts: 5 })]).toEqual([2]);
  });

  it('refuse an output that is no label', () => {
    expect(() => trainingRows([example('one', [], 'c')], labels, true)).toThrow(
      expect.objectContaining({ name: 'InvalidInput' }),
    );
  });
});
