import { expect, test } from 'vitest';
import { charactersRead, readable, wordsOf } from '../../../../shared/domain/triage/readable.ts';

test('detectors read the first 8,000 characters of a text, and shorter ones whole', () => {
  const end = 'ab'.repeat(charactersRead / 2);
  expect(charactersRead).toBe(8_000);
  expect(readable('where is it')).toBe('where is it');
  expect(readable(end)).toBe(end);
  expect(readable(`${end}c`)).toBe(end);
});

test('words are those that are spoken, in lower case and in their usual characters', () => {
  expect(wordsOf('Where is my ＰＡＲＣＥＬ?')).toEqual(['where', 'is', 'my', 'parcel']);
  expect(wordsOf('')).toEqual([]);
});

test('of a word that is longer than 60 characters the first 60 are read', () => {
  const [shorter, longest, longer] = [59, 60, 61].map((length) => 'x'.repeat(length));
  expect(wordsOf(`${shorter} ${longest} ${longer} end`)).toEqual([shorter, longest, longest, 'end']);
});

test('the words of one text are never those of the one before', () => {
  expect(wordsOf('the first text')).toEqual(['the', 'first', 'text']);
  expect(wordsOf('another one')).toEqual(['another', 'one']);
  expect(wordsOf('the first text')).toEqual(['the', 'first', 'text']);
});

test('characters that unfold into many make no more words than are read', () => {
  expect(wordsOf('㎉ '.repeat(charactersRead)).join(' ').length).toBeLessThanOrEqual(charactersRead);
});
