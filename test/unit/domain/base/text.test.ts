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

  it('are those of the dictionary in scripts without spaces, and those of other scripts beside them', () => {
    expect(words('今日も雨、iPhone15の話')).toEqual(['今日', 'も', '雨', 'iphone15', 'の', '話']);
    expect(words('เข้าสู่ระบบไม่ได้')).toEqual(['เข้า', 'สู่', 'ระบบ', 'ไม่', 'ได้']);
    expect(words('我想退款')).toEqual(['我想', '退款']);
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

describe('wordKey in scripts without spaces', () => {
  // Letters and marks of Han, Hiragana, Katakana, Thai, Lao, Khmer and Burmese, figures and blanks among them.
  const characters = [...'快递在哪里我想退款今日はいいですかパスワードเข้าสู่ระบบไม่ได้ที่ກະລຸນາຊ່ວຍខ្ញុំចង់ដឹងငွေပြန်အမ်းa1 é'];

  it('is its own key, whatever the order', () => {
    const text = fc.array(fc.constantFrom(...characters), { maxLength: 40 }).map((all) => all.join(''));
    fc.assert(
      fc.property(text, (made) => {
        const key = wordKey(made);
        expect(wordKey(key)).toBe(key);
        if (wordsOfKey(key).length > 0) expect(wordKey(wordsOfKey(key).toReversed().join('、'))).toBe(key);
        expect(new Set(wordsOfKey(key))).toEqual(wordSet(made));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same for a text of thousands of characters, again and again', () => {
    const text = '快递在哪里我想退款'.repeat(400);
    const key = [...new Set(words(text))].sort().join(' ');
    expect([wordKey(text), wordKey(text), wordKey(`${text}x`)]).toEqual([
      key,
      key,
      `${key} x`.split(' ').sort().join(' '),
    ]);
  });

  it('finds sentences near that differ in a word', () => {
    const near = jaccard(wordSet('我昨天买的手机快递到现在还没有送到'), wordSet('我昨天买的电脑快递到现在还没有送到'));
    expect(near).toBeGreaterThan(0.7);
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
