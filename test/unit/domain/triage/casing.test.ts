import { expect, test } from 'vitest';
import { casingOf } from '../../../../shared/domain/triage/casing.ts';

test.each([
  ['where is it', 'lower'],
  ['Where is it now', 'sentence'],
  ['WHERE IS MY ORDER', 'upper'],
  ['WHERE IS MY ORDER ok', 'upper'],
  ['ABCDEFGhij', 'upper'],
  ['ABCDEFghijk', 'sentence'],
  ['wHeRe iS mY oRdEr', 'mixed'],
  ['my iPhone and my MacBook and my AirPods do not connect to it', 'sentence'],
  ['aB aB efgh', 'sentence'],
  ['aB aB aB efghi', 'mixed'],
  ['aB aB aB efghijkl m', 'mixed'],
  ['aB aB aB efghijkl mn', 'sentence'],
] as const)('%j is in %s case', (text, casing) => {
  expect(casingOf(text)).toBe(casing);
});

test('what has fewer than eight letters with case is of none', () => {
  expect(casingOf('ABCDEFG')).toBe('none');
  expect(casingOf('ABCDEFGH')).toBe('upper');
  expect(casingOf('abcd EFG')).toBe('none');
  expect(casingOf('1234567890')).toBe('none');
  expect(casingOf('包裹在哪里我想知道')).toBe('none');
});
