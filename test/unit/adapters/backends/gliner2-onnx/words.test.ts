import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../../../shared/adapters/backends/gliner2-onnx/words.ts';

const most = { mostWords: 300, mostCharacters: 20_000 };
const words = (input: string) => wordsOf(input, most);

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
  });

  it('are as many as are read, of a text without blanks around it', () => {
    expect(words('a '.repeat(400))).toHaveLength(300);
    expect(wordsOf('abc def', { mostWords: 9, mostCharacters: 5 })).toEqual(['abc', 'd', '.']);
    expect(words('\u001c\u0085 a\u2003\u00a0b \ud800')).toEqual(['a', 'b', '\ufffd', '.']);
  });

  it('are none where nothing shows', () => {
    for (const input of ['', '  \n', '\u200b\u0007', '\ud800']) expect(words(input)).toBeNull();
    expect(words('\ufeff')).toBeNull();
  });
});
