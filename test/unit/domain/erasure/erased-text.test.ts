import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ErasedText, erasedMark } from '../../../../shared/domain/erasure/erased-text.ts';

const jane = 'I am Jane Roe, card 4111 1111 1111 1111, my bill is wrong';
const erased = new ErasedText({
  ids: ['p1', 'trace-0042'],
  texts: [jane, 'Obrigado Zé', '退款到我的招商银行卡里'],
  kept: ['please help, my bill is wrong', 'gold card'],
});

describe('an erased text', () => {
  test.each([
    ['as it is', jane],
    ['with other white space and case', 'i am jane roe,\ncard 4111 1111  1111 1111, my BILL is wrong'],
    ['cut short', 'I am Jane Roe, card 41…'],
    ['as a word key cut from its middle', 'Jane Roe, card 4111'],
    ['of two words', 'obrigado zé'],
    ['in a script without spaces', '退款到我的招商银行卡里'],
    ['as an id', 'p1'],
    ['as a word that nobody else uses', 'jane'],
  ])('is known %s', (_, text) => {
    expect(erased.scrub(text)).toBe(erasedMark);
  });

  test('is taken out of a longer text, which stays', () => {
    expect(erased.scrub(`answered "${jane}" too late`)).toBe(`answered "${erasedMark}" too late`);
    expect(erased.scrub('wants 退款到我的招商银行卡里 soon')).toBe(`wants ${erasedMark} soon`);
    expect(erased.scrub('has words near common ones: "jane" for "june"')).toBe(
      `has words near common ones: "${erasedMark}" for "june"`,
    );
    expect(erased.scrub('see trace-0042, please')).toBe(`see ${erasedMark}, please`);
  });

  test('takes nothing from others: what they say too, single words within prose, short ids within words', () => {
    for (const text of ['please help, my bill is wrong', 'my bill', 'card', 'Gold card', 'Jane', 'step p1-b', '', '…'])
      expect(erased.scrub(text)).toBe(text);
  });

  test('is left alone in a value that may be a code', () => {
    expect(erased.scrub('obrigado zé', false)).toBe('obrigado zé');
    expect(erased.scrub(jane, false)).toBe(erasedMark);
  });

  test('leaves nothing of itself in any text around it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        expect(erased.scrub(`${before} ${jane} ${after}`)).not.toContain('Jane Roe');
      }),
    );
  });

  test('that others say too is nobody’s alone', () => {
    const shared = new ErasedText({ ids: ['a'], texts: ['where is my parcel'], kept: ['Where is my parcel?'] });
    expect(shared.scrub('where is my parcel')).toBe('where is my parcel');
    expect(shared.isText('where is my parcel')).toBe(false);
  });
});
