import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readable, wordsOf } from '../../../../../shared/adapters/backends/gliner2-onnx/words.ts';

const condensed = (input: string, mostCharacters = 20_000) => readable(input, { mostCharacters, condensed: true });
const asItIs = (input: string, mostCharacters = 20_000) => readable(input, { mostCharacters, condensed: false });
const words = (text: string) => [...wordsOf(text)].map(({ text: word }) => word);

describe('the words that GLiNER2 reads', () => {
  it('are words with their hyphens, addresses and other signs, in lower case, with an end mark', () => {
    expect(words('Mail Ana@Example.org, or see https://example.org/a?b=C well-known re_fund!')).toEqual([
      'mail',
      'ana@example.org',
      ',',
      'or',
      'see',
      'https://example.org/a?b=c',
      'well-known',
      're_fund',
      '!',
    ]);
    expect(words('naı̈ve हिन्दी 荷物はどこ @ana')).toEqual(['naı̈ve', 'हिन्दी', '荷物はどこ', '@ana', '.']);
    expect(words('@İlk @ılk')).toEqual(['@i̇lk', '@ılk', '.']);
    expect(words('')).toEqual(['.']);
  });

  it('stand where they stand in the text, in UTF-16 offsets, whatever the script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        let at = 0;
        for (const { text: word, start, end } of wordsOf(text)) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(`${text}.`.slice(start, end).toLowerCase()).toBe(word);
          at = end;
        }
        expect(at).toBeGreaterThanOrEqual(text.trimEnd().length);
      }),
    );
    expect([...wordsOf('😀 İSTANBUL שלום')]).toEqual([
      { text: '😀', start: 0, end: 2 },
      { text: 'i̇stanbul', start: 3, end: 11 },
      { text: 'שלום', start: 12, end: 16 },
      { text: '.', start: 16, end: 17 },
    ]);
  });
});

describe('the text that GLiNER2 reads', () => {
  it('keeps its places, or has single blanks where places do not matter', () => {
    expect(condensed('\u001c\u0085 a\u2003\u00a0b \ud800')).toBe('a b \ufffd');
    expect(asItIs('\u001c\u0085 a\u2003\u00a0b \ud800')).toBe('\u001c\u0085 a\u2003\u00a0b \ufffd');
  });

  it('is cut after so many code points', () => {
    expect(condensed('abc def', 5)).toBe('abc d');
    expect(asItIs('😀😀😀', 2)).toBe('😀😀');
    expect(asItIs('😀ab', 3)).toBe('😀ab');
  });

  it('is none where nothing shows', () => {
    for (const input of ['', '  \n', '\u200b\u0007', '\ud800', '\ufeff']) {
      expect(condensed(input)).toBeNull();
      expect(asItIs(input)).toBeNull();
    }
  });
});
