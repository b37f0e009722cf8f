import { describe, expect, test } from 'vitest';
import { endsClosed, isEnglish, profileCorpus } from '../../../../shared/domain/triage/corpus-profile.ts';
import { profileOf } from './fixtures.ts';

const texts = [
  'Where is it?',
  'where is the parcel',
  'Where is it?',
  '  ',
  'WO IST DAS PAKET',
  'the 包裹 the parcel',
  'ok',
];
const profile = () => profileCorpus(texts);

describe('what is usual in a traffic', () => {
  test('is counted in different texts that have words', () => {
    expect(profile().texts).toBe(5);
    expect(Object.fromEntries(profile().documentFrequency)).toMatchObject({
      where: 2,
      is: 2,
      the: 2,
      parcel: 2,
      wo: 1,
    });
    expect(Object.fromEntries(profile().lastWords)).toEqual({ it: 1, parcel: 2, paket: 1, ok: 1 });
  });

  test('is how many words a text has', () => {
    expect(profileCorpus(['a b', 'a b c', 'a b c d', 'a b c d e', 'a']).length).toEqual({ median: 3, p95: 4.8 });
  });

  test('is how texts are cased, of those that tell', () => {
    expect(Object.fromEntries(profile().casing)).toEqual({ sentence: 1 / 4, lower: 2 / 4, upper: 1 / 4 });
  });

  test('is how many texts end with a mark', () => {
    expect(profile().closedEnds).toBe(1 / 5);
  });

  test('is in which writings texts have words', () => {
    expect(Object.fromEntries(profile().writings)).toEqual({ Latin: 1, Han: 1 / 5 });
  });

  test('is in which languages texts are, of those that tell', () => {
    expect(Object.fromEntries(profileCorpus(texts.slice(0, 5).concat('ok 12')).languages)).toEqual({
      English: 2 / 3,
      German: 1 / 3,
    });
  });

  test('is how words look: the median of them and the least usual', () => {
    const { documentFrequency, characters, wordLikelihood } = profileCorpus(['abc abc', 'abc', 'abd', 'xyz']);
    expect([...documentFrequency.keys()]).toEqual(['abc', 'abd', 'xyz']);
    const [first = 0, second = 0, third = 0] = ['xyz', 'abd', 'abc'].map((word) => characters.logLikelihood(word));
    expect(first).toBeLessThan(second);
    expect(second).toBeLessThan(third);
    expect(wordLikelihood.median).toBe(second);
    expect(wordLikelihood.low).toBeCloseTo(first + 0.02 * (second - first), 10);
  });

  test('knows all words of what is trusted, however rare', () => {
    const { documentFrequency, texts: count } = profileCorpus(
      ['the parcel', 'a parcel', 'no parcel', 'my parcel', 'my refund'],
      ['zebra refund', 'a zebra', 'parcel'],
    );
    expect(Object.fromEntries(documentFrequency)).toMatchObject({ zebra: 3, refund: 3, parcel: 4, my: 2 });
    expect(count).toBe(5);
  });

  test('keeps so many words, the commonest, and the first by the alphabet of equals', () => {
    const kept = (most: number) => [...profileCorpus(['d b', 'b a', 'c'], [], most).documentFrequency.keys()];
    expect(kept(4)).toEqual(['d', 'b', 'a', 'c']);
    expect(kept(3)).toEqual(['b', 'a', 'c']);
    expect(kept(1)).toEqual(['b']);
  });

  test('is nothing where there is no traffic', () => {
    expect(profileCorpus([' '])).toMatchObject({
      texts: 0,
      closedEnds: 0,
      length: { median: 0, p95: 0 },
      wordLikelihood: { median: 0, low: 0 },
    });
  });
});

describe('a text is read as English', () => {
  const within = (...languages: [string, number][]) => profileOf({ languages: new Map(languages) });

  test('where it shows that it is', () => {
    expect(isEnglish('where is the parcel', within(['German', 1]))).toBe(true);
  });

  test('not where it shows another language of the traffic', () => {
    expect(isEnglish('wo ist das paket', within(['German', 0.05], ['English', 0.95]))).toBe(false);
    expect(isEnglish('wo ist das paket', within(['German', 0.04], ['English', 0.96]))).toBe(true);
  });

  test('where it does not tell and the traffic is, for the better part or for all that is known', () => {
    expect(isEnglish('12', within(['German', 0.5], ['English', 0.5]))).toBe(true);
    expect(isEnglish('12', within(['German', 0.51], ['English', 0.49]))).toBe(false);
    expect(isEnglish('12', within(['German', 1]))).toBe(false);
    expect(isEnglish('12', within())).toBe(true);
  });
});

test('a text ends with closing punctuation, blanks after it aside', () => {
  for (const text of ['no.', 'no?', 'no! \n', 'no…', '不。', '(no)', '"no"', 'no”'])
    expect(endsClosed(text)).toBe(true);
  for (const text of ['no', 'no. yes', 'no,', '', 'no -']) expect(endsClosed(text)).toBe(false);
});
