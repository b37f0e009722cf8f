import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  labelPreservingVariants,
  type Variant,
} from '../../../../shared/tasks/classification/label-preserving-variants.ts';

const inputs = (variants: readonly Variant[]): string[] => variants.map(({ input }) => input);

import { normalisedText } from '../../../../shared/domain/base/text.ts';

describe('labelPreservingVariants', () => {
  test('are a typo, an opening and a second typo, the same each time', () => {
    expect(labelPreservingVariants('where is my card', 3)).toEqual([
      { method: 'typo', input: 'whree is my card' },
      { method: 'opening', input: 'hey, where is my card' },
      { method: 'typo', input: 'wrhee is my card' },
    ]);
    expect(inputs(labelPreservingVariants('STOP the PAYMENT', 3))).toEqual([
      'STOP the PAMYENT',
      'hello, STOP the PAYMENT',
      'STOP the PAMEYNT',
    ]);
    expect(inputs(labelPreservingVariants(' block my account please ', 3))).toEqual([
      'block my account plesae',
      'hi, block my account please',
      'blcok my account plesae',
    ]);
  });

  test('are as many as asked for', () => {
    expect([0, 1, 2, 3].map((count) => labelPreservingVariants('where is my card', count).length)).toEqual([
      0, 1, 2, 3,
    ]);
  });

  test('open in English only what may be English', () => {
    const opened = (text: string): boolean =>
      labelPreservingVariants(text, 3).some(({ method }) => method === 'opening');
    expect(['ok', 'Is it 5?', 'A', '12 b'].map(opened)).toEqual([true, true, true, true]);
    expect(['', '12345', 'übermorgen', 'wo ist es, bitteschön', '今天天气怎么样'].map(opened)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  test('leave short words, words of one letter repeated, and letters beyond the basic plane as they are', () => {
    for (const text of ['is it on', 'aaaaaaa bbbbbb', 'abbbc', '123456 789', '𝒂𝒃𝒄𝒅𝒆', '']) {
      expect(labelPreservingVariants(text, 3).filter(({ method }) => method === 'typo')).toEqual([]);
    }
    expect(inputs(labelPreservingVariants('abcde', 1))).toEqual(['acbde']);
    expect(inputs(labelPreservingVariants('weiß nicht', 3))).toEqual(['weiß nihct', 'weiß nhict']);
  });

  test('look at no word of more letters than people type, so that one of a million costs no more than it is long', () => {
    const endless = 'a'.repeat(1_000_000);
    const made = labelPreservingVariants(`${endless} arrived`, 3);
    expect(made.map(({ method }) => method)).toEqual(['typo', 'opening', 'typo']);
    for (const { input } of made) expect(input).toContain(endless);
    expect(labelPreservingVariants('ab'.repeat(500_000), 3).map(({ method }) => method)).toEqual(['opening']);
  });

  const text = fc
    .array(fc.oneof(fc.stringMatching(/^[a-zA-Z]{1,9}$/), fc.stringMatching(/^[äöüßéа-я]{5,8}$/), fc.constant('12,')), {
      maxLength: 6,
    })
    .map((list) => list.join(' '));

  test('begin with a swap of two neighbours inside one long word, its ends in place', () => {
    fc.assert(
      fc.property(text, (input) => {
        const [first] = labelPreservingVariants(input, 3);
        if (first?.method !== 'typo') return;
        const changed = [...first.input].flatMap((letter, at) => (letter === input[at] ? [] : [at]));
        const [from = Number.NaN, to = Number.NaN] = changed;
        expect(changed).toHaveLength(2);
        expect(to).toBe(from + 1);
        expect([first.input[from], first.input[to]]).toEqual([input[to], input[from]]);
        const word = [...input.matchAll(/\p{L}{5,}/gu)].find(
          ({ index, 0: found }) => index < from && index + found.length - 1 > to,
        );
        expect(word).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  test('have a typo wherever the long words are all of several letters', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]xyx[a-z]{1,5}$/), { minLength: 1, maxLength: 4 }), (list) => {
        const variants = labelPreservingVariants(list.join(' '), 3);
        expect(variants.filter(({ method }) => method === 'typo').length).toBeGreaterThan(0);
      }),
    );
  });

  test('differ from the input and from each other beyond case and spacing', () => {
    expect(inputs(labelPreservingVariants('xaAAx', 3))).toEqual(['ok so xaAAx']);
    fc.assert(
      fc.property(text, (input) => {
        const made = [input.trim(), ...inputs(labelPreservingVariants(input, 3))].map(normalisedText);
        expect(new Set(made).size).toBe(made.length);
      }),
      { numRuns: 300 },
    );
  });
});
