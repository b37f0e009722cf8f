import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asRead } from '../../../../shared/domain/triage/normalise.ts';
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
