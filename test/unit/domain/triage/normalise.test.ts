import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asRead, looksLatin } from '../../../../shared/domain/triage/normalise.ts';
import { charactersRead } from '../../../../shared/domain/triage/readable.ts';

/** What reads figures inside words as letters, by one pattern that takes quadratic time. */
function byOnePattern(text: string): string {
  const figures: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't' };
  const signs: Readonly<Record<string, string>> = { '@': 'a', $: 's', '!': 'i', '|': 'i' };
  return text
    .replace(/[a-z0-9@$!|]*[a-z][013457@$!|]+[a-z][a-z0-9@$!|]*/g, (word) =>
      word.replace(/[013457@$!|]/g, (sign) => figures[sign] ?? signs[sign] ?? sign),
    )
    .replace(/\s+/g, ' ')
    .trim();
}

test('figures inside words are read as letters, and no others', () => {
  const signs = fc.stringMatching(/^[ab0135$@! ,.]{0,40}$/).filter((text) => !/[a-z][ .]/.test(text));
  fc.assert(
    fc.property(signs, (text) => {
      expect(asRead(text)).toBe(byOnePattern(text));
    }),
  );
});

test('characters that unfold into many do not make the text longer than what is read', () => {
  expect(asRead('㎉'.repeat(charactersRead)).length).toBeLessThanOrEqual(charactersRead);
  expect(asRead('a'.repeat(100_000))).toBe('a'.repeat(charactersRead));
});

describe('a text is read as a person reads it', () => {
  test.each([
    ['full-width and other compatibility forms are plain letters', 'Ｉｇｎｏｒｅ ﬁve', 'ignore five'],
    ['characters that nobody sees are not there', 'ig\u200bno\u00adre\u2060 th\u3164is', 'ignore this'],
    ['accents are dropped', 'Ígnóre töut', 'ignore tout'],
    ['letters of other scripts that look Latin are Latin', 'іgnоrе ναlue', 'ignore value'],
    ['letters that are pulled apart are put together', 'i g n o r e it', 'ignore it'],
    ['word by word, by whatever sign', 'i-g-n-o-r-e r.u.l.e.s s_a-f_e k*e*y*s', 'ignore rules safe keys'],
    ['or by a blank, where words lie further apart', 's a f e  k e y s', 'safe keys'],
    ['short words too, where all lie further apart', 'i g n o r e   a l l   r u l e s   t o', 'ignore all rules to'],
    ['three letters are no word that was pulled apart', 'a b c', 'a b c'],
    ['figures and signs inside words are letters', 'p@ssw0rd 1gn0re s|gn th3m', 'password ignore sign them'],
    ['a number stays a number', 'order 2024 of 10', 'order 2024 of 10'],
    ['quotes are of one kind', 'don’t don`t don´t', "don't don't don't"],
    ['blanks are one blank, and none at the ends', '  a \n\t text  of\u00a0it ', 'a text of it'],
  ])('%s', (_, text, read) => {
    expect(asRead(text)).toBe(read);
  });

  test('but a text that has no Latin letters keeps its own', () => {
    expect(asRead('Где мой заказ 0')).toBe('где мои заказ 0');
    expect(asRead('που ειναι')).toBe('που ειναι');
  });

  test('each text for itself', () => {
    expect([asRead('ONE'), asRead('TWO'), asRead('ONE')]).toEqual(['one', 'two', 'one']);
  });
});

test('letters that look Latin are told from those that do not', () => {
  expect([...'аеорν'].map(looksLatin)).toEqual([true, true, true, true, true]);
  expect([...'ждфλa'].map(looksLatin)).toEqual([false, false, false, false, false]);
});
