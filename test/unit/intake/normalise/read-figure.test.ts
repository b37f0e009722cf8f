import { describe, expect, test } from 'vitest';
import { readFigure } from '../../../../shared/intake/normalise/read-verdict.ts';

describe('a figure', () => {
  test.each([
    ['12', 12],
    [' -1.5 ', -1.5],
    ['+.25', 0.25],
    ['3.', 3],
    ['1e-3', 0.001],
    [0, 0],
  ])('is read of %j', (written, figure) => expect(readFigure(written)).toBe(figure));

  test.each(['', '.', '1.2.3', '0x1f', 'Infinity', '1e', '1 2', '1e999', null, true])('is none in %j', (written) =>
    expect(readFigure(written)).toBeNull(),
  );

  test('is looked for in one pass: a million digits and a letter are none, and end', () => {
    expect(readFigure(`${'0'.repeat(1_000_000)}x`)).toBeNull();
    expect(readFigure(`1.${'0'.repeat(1_000_000)}x`)).toBeNull();
  });
});
