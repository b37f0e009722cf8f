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
      example('InBerlin, or Oslo', ['city', 2, 8], ['city', 13, 17]),
    ),
  ).toEqual(['2 entities begin or end inside a word and cannot be learnt exactly (first: city "Rome" in "Romes")']);
});

test('entities within others are counted, and are not said to cut words', () => {
  expect(
    concerns(example('University of Oslo', ['school', 0, 18], ['city', 14, 18], ['word', 14, 17]), example('none')),
  ).toEqual(['2 entities lie within or across others: the tagger learns and answers only the outermost']);
  expect(concerns(example('Bank of Rome', ['bank', 0, 12], ['city', 8, 12]))).toEqual([
    '1 entity lies within or across others: the tagger learns and answers only the outermost',
  ]);
});

test('nothing is said of entities that end where words do', () => {
  expect(concerns(example("Rome's, (Paris)-Oslo", ['a', 0, 4], ['b', 9, 14], ['c', 16, 20]), example(''))).toEqual([]);
});
