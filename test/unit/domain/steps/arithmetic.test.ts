import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrongCalculations } from '../../../../shared/domain/steps/arithmetic.ts';

describe('wrong calculations in a text', () => {
  it.each([
    ['He has 16 - 3 = 12 eggs.', '16 - 3', '12', 13],
    ['It costs 5*16 = $90.', '5*16', '90', 80],
    ['She makes <<9*2=16>>16 dollars.', '9*2', '16', 18],
    ['The house is worth <<130000*.15=19500.0>>195,000.', '130000*.15', '195,000', 19_500],
    ['That is 3 + 4 = 7, and 7 * 2 = 15.', '7 * 2', '15', 14],
    ['so 10 / 4 = 2.6 each', '10 / 4', '2.6', 2.5],
  ])('%s', (text, expression, stated, right) => {
    const [wrong, ...others] = wrongCalculations(text);
    expect(wrong).toMatchObject({ expression, stated });
    expect(wrong?.right).toBeCloseTo(right, 9);
    expect(others).toEqual([]);
  });

  it.each([
    'He has 16 - 3 = 13 eggs.',
    '200/3 = 66.67, or 66.6 cut off, or 200/3 = 67, or 200/3 = 66',
    'The total is $4.20 + $9.45 + $1.35 = $<<4.20+9.45+1.35=14.999999999999998>>14.99.',
    '20% of 50 = 11 is no plain equation',
    '2x + 3 = 8 has an unknown, x - 3 = 5 too',
    'a chain: 3 * 4 = 12 = 10 + 2',
    'half of it: 3/6 = 50%',
    'Room 5 = 7, as they say',
    'const total = 3; if (total == 4) total = 5',
    'The price rose by 350000*5/100 = <<350000*5/100=17500.0>>17 500.',
  ])('none in: %s', (text) => expect(wrongCalculations(text)).toEqual([]));

  it('are found in order, with their places', () => {
    const text = 'First 1 + 1 = 3, then <<2*2=5>>5.';
    expect(wrongCalculations(text).map(({ start }) => start)).toEqual([text.indexOf('1 +'), text.indexOf('<<')]);
  });

  it('none in sums that are right, and one in each that is off, for any whole numbers', () => {
    const number = fc.integer({ min: 0, max: 9_999 });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 1, max: 99 }), (a, b, off) => {
        expect(wrongCalculations(`So ${a} + ${b} = ${a + b} in all.`)).toEqual([]);
        expect(wrongCalculations(`So ${a} + ${b} = ${a + b + off} in all.`)).toHaveLength(1);
      }),
    );
  });

  it('takes any text, and as long as its length for texts made to be slow', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void wrongCalculations(text)));
    for (const unit of ['1+', '=', '<<1=', '1,', '((', ' 1 =', '- ']) wrongCalculations(unit.repeat(20_000));
  });
});
