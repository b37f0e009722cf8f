import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../shared/domain/steps/evaluate.ts';

describe('the value of an arithmetic expression', () => {
  it.each([
    ['16 - 3 - 4', 9],
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
    ['$80,000 + $50,000', 130_000],
    ['20 x 3', 60],
    ['100 × 20%', 20],
    ['12 ÷ 4', 3],
    ['2 ^ 3 ^ 2', 512],
    ['.5 * 4', 2],
    ['-3 + 5', 2],
  ])('%s is %d', (expression, value) => expect(evaluate(expression)).toBeCloseTo(value, 9));

  it.each([
    '',
    'n + 3',
    '2x + 3',
    '5 3 + 4',
    '1 / 0',
    'alert(1)',
    '[1]',
    '3 +',
    '1,2,3',
    '1 ; 2',
    `${'1+'.repeat(200)}1`,
  ])('%s has none', (expression) => expect(evaluate(expression)).toBeNull());

  it('is the one that JavaScript gives, for any sums and products of whole numbers', () => {
    const number = fc.integer({ min: 0, max: 999 });
    const rest = fc.array(fc.tuple(fc.constantFrom('+', '-', '*'), number), { maxLength: 8 });
    fc.assert(
      fc.property(number, rest, (first, others) => {
        const terms: number[] = [first];
        for (const [operator, value] of others) {
          if (operator === '*') terms.push((terms.pop() ?? 0) * value);
          else terms.push(operator === '-' ? -value : value);
        }
        const text = `${first} ${others.map(([operator, value]) => `${operator} ${value}`).join(' ')}`;
        expect(evaluate(text.trim())).toBe(terms.reduce((sum, term) => sum + term, 0));
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => void evaluate(text)));
  });
});
