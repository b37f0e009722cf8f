import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareText, normalisedText, wordKey, words, wordsOfKey } from '../../../../shared/domain/base/text.ts';
import { jaccard, wordSet } from '../../../helpers/word-sets.ts';

describe('words', () => {
  it('are lower-cased runs of letters and numbers, in order, with repetitions', () => {
    expect(words("I'm at gate 12B, GATE 12b!")).toEqual(['i', 'm', 'at', 'gate', '12b', 'gate', '12b']);
  });

  it('are the same however a character is composed', () => {
    expect(words('Cafe\u0301 ﬁne №5')).toEqual(words('café fine no5'));
  });

  it('keep the combining marks of scripts that need them', () => {
    expect(words('नमस्ते दुनिया')).toHaveLength(2);
  });

  it('are none in punctuation, white space and emoji', () => {
    expect(words(' ?! \u{1F642} ')).toEqual([]);
  });
});

describe('wordKey', () => {
  it('ignores order, case, punctuation and repetition', () => {
    expect(wordKey('Please, block my card. My CARD!')).toBe('block card my please');
  });

  it('is the normalised text where there are no words', () => {
    expect(wordKey(' ?  ! ')).toBe('? !');
  });

  it('is its own key, and its own normalised text, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const key = wordKey(text);
        expect(wordKey(key)).toBe(key);
        expect(normalisedText(key)).toBe(key);
        expect(new Set(wordsOfKey(key))).toEqual(wordSet(text));
      }),
      { numRuns: 300 },
    );
  });
});

describe('jaccard', () => {
  it('is the share of common words among all', () => {
    expect(jaccard(wordSet('a b c d'), wordSet('b c d e'))).toBe(3 / 5);
    expect(jaccard(wordSet('a'), wordSet('a'))).toBe(1);
    expect(jaccard(wordSet('a'), wordSet('b'))).toBe(0);
    expect(jaccard(wordSet(''), wordSet(''))).toBe(0);
  });
});

describe('compareText', () => {
  it('orders by code units, capitals before small letters, whatever the language', () => {
    expect(['ä', 'b', 'a', 'B', 'a'].sort(compareText)).toEqual(['B', 'a', 'a', 'b', 'ä']);
    expect(compareText('a', 'a')).toBe(0);
  });
});
