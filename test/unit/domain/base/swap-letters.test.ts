import { describe, expect, test } from 'vitest';
import { swapLetters } from '../../../../shared/domain/base/swap-letters.ts';

describe('swapping two letters', () => {
  test('is done within one long word, where the text may be changed', () => {
    expect(swapLetters('to Paris please', 0)).toBe('to Prais please');
    expect(swapLetters('to Paris please', 0, (start) => start > 5)).toBe('to Paris pelase');
    expect(swapLetters('to Paris', 0, () => false)).toBeNull();
    expect(swapLetters('it is so', 0)).toBeNull();
    expect(swapLetters('eeeee', 0)).toBeNull();
  });

  test('leaves words alone that nobody types: one of a million letters costs no more than it is long', () => {
    const endless = 'a'.repeat(1_000_000);
    expect(swapLetters(endless, 0)).toBeNull();
    for (const seed of [0, 1]) expect(swapLetters(`${endless} abcde`, seed)).toMatch(/a (?:acbde|abdce)$/);
  });
});
