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
