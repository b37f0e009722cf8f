import { expect, test } from 'vitest';
import { taggerTrainerFacts } from '../../../../../shared/adapters/backends/tagger/facts.ts';
import { entitiesOutput } from '../../../../../shared/tasks/extraction/entity.ts';

const example = (input: string, ...places: readonly (readonly [string, number, number])[]) => ({
  input,
  output: entitiesOutput(places.map(([label, start, end]) => ({ label, start, end }))),
});
const concerns = (...examples: readonly ReturnType<typeof example>[]) => taggerTrainerFacts.concerns?.({}, examples);

test('entities that begin or end inside a word are counted, the first shown in its word', () => {
  expect(
    concerns(
      example('From Paris to Romes', ['city', 5, 10], ['city', 14, 18]),
      example('inberlin, or Oslo', ['city', 2, 8], ['city', 13, 17]),
    ),
  ).toEqual(['2 entities begin or end inside a word and cannot be learnt exactly (first: city "Rome" in "Romes")']);
});

test('entities within others that are too few are counted, and are not said to cut words', () => {
  const apart = Array.from({ length: 99 }, () => example('Bank of Rome', ['bank', 0, 4], ['city', 8, 12]));
  const within = example('Bank of Rome', ['bank', 0, 12], ['city', 8, 12], ['city', 8, 11]);
  expect(concerns(...apart, within)).toEqual([
    '2 entities lie within or across others, too few to be learnt: there the tagger learns and answers only the outermost',
  ]);
});

test('nothing is said of entities within others where there are enough of them', () => {
  expect(concerns(example('University of Oslo', ['school', 0, 18], ['city', 14, 18]), example('none'))).toEqual([]);
});

test('nothing is said of entities that end where words do', () => {
  expect(concerns(example("Rome's, (Paris)-Oslo", ['a', 0, 4], ['b', 9, 14], ['c', 16, 20]), example(''))).toEqual([]);
});

test('nothing is said of entities that begin or end at a capital, a figure or a sign inside a word', () => {
  const dose = example('take 2x500mg of it', ['count', 5, 6], ['amount', 7, 10], ['unit', 10, 12]);
  expect(concerns(dose)).toEqual([]);
  const tag = example('see #NewYork or visitOslo', ['word', 5, 8], ['word', 8, 12], ['city', 21, 25]);
  expect(concerns(dose, tag)).toEqual([]);
  expect(concerns(tag, example('my Hausboot', ['house', 3, 7]))).toEqual([
    '1 entity begins or ends inside a word and cannot be learnt exactly (first: house "Haus" in "Hausboot")',
  ]);
});

test('few entities that begin at capitals inside words are counted as those inside words are', () => {
  const plain = Array.from({ length: 120 }, () => example('off to Oslo', ['city', 7, 11]));
  expect(concerns(...plain, example('see #NewYork', ['word', 8, 12]))).toEqual([
    '1 entity begins or ends inside a word and cannot be learnt exactly (first: word "York" in "#NewYork")',
  ]);
});
