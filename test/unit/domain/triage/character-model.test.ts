import { describe, expect, test } from 'vitest';
import { CharacterModel } from '../../../../shared/domain/triage/character-model.ts';

function modelOf(words: Readonly<Record<string, number>>): CharacterModel {
  const model = new CharacterModel();
  for (const [word, times] of Object.entries(words)) model.add(word, times);
  return model;
}

describe('how usual a word looks', () => {
  test('is the mean logarithm of the chance of its letters and its end', () => {
    // Each trigram of "ab" and each bigram was seen 11 times after what comes before: (11 − 1) / 11. Three characters are known.
    const each = Math.log((0.6 + 0.3) * (10 / 11) + 0.1 / 4);
    expect(modelOf({ ab: 11 }).logLikelihood('ab')).toBeCloseTo(each, 10);
  });

  test('of letters that never stood together is what is left for the unknown', () => {
    expect(modelOf({ ab: 11 }).logLikelihood('xyz')).toBeCloseTo(Math.log(0.1 / 4), 10);
    expect(new CharacterModel().logLikelihood('ab')).toBeCloseTo(Math.log(0.1), 10);
  });

  test('weighs what comes before: a first letter of two is half as usual', () => {
    // After the blanks "a" came 11 of 22 times; after " a" always "b", after "ab" the end. Five characters are known.
    const begin = Math.log(0.6 * (10 / 22) + 0.3 * (10 / 22) + 0.1 / 6);
    const then = Math.log(0.6 * (10 / 11) + 0.3 * (10 / 11) + 0.1 / 6);
    expect(modelOf({ ab: 11, cd: 11 }).logLikelihood('ab')).toBeCloseTo((begin + 2 * then) / 3, 10);
  });

  test('is not raised by a word that was seen once: it may be the text itself', () => {
    expect(modelOf({ ab: 1 }).logLikelihood('ab')).toBeCloseTo(Math.log(0.1 / 4), 10);
    expect(modelOf({ ab: 2 }).logLikelihood('ab')).toBeGreaterThan(Math.log(0.4));
  });
});

describe('an odd ending', () => {
  test('is one that the traffic hardly has', () => {
    const model = modelOf({ parcel: 200, parse: 100, car: 2 });
    expect(model.endsOddly('par')).toBe(true);
    expect(model.endsOddly('parcel')).toBe(false);
    expect(model.endsOddly('pars')).toBe(true);
  });

  test('says nothing of letters that the traffic hardly has together', () => {
    expect(modelOf({ parcel: 9 }).endsOddly('par')).toBe(false);
    expect(modelOf({ parcel: 10 }).endsOddly('par')).toBe(true);
    expect(modelOf({ parcel: 200 }).endsOddly('zq')).toBe(false);
  });

  test('is allowed once, and one time in a hundred', () => {
    expect(modelOf({ parcel: 20, par: 1 }).endsOddly('par')).toBe(true);
    expect(modelOf({ parcel: 20, par: 2 }).endsOddly('par')).toBe(false);
    expect(modelOf({ parcel: 296, par: 4 }).endsOddly('par')).toBe(false);
    expect(modelOf({ parcel: 397, par: 3 }).endsOddly('par')).toBe(true);
  });
});

describe('a foreign word', () => {
  test('is one whose characters the traffic hardly has, for the greater part', () => {
    const model = modelOf({ parcel: 100, ж: 2 });
    expect(model.isForeign('parcel')).toBe(false);
    expect(model.isForeign('посылка')).toBe(true);
    expect(model.isForeign('жж')).toBe(true);
    expect(model.isForeign('жa')).toBe(false);
    expect(model.isForeign('жжa')).toBe(true);
    expect(modelOf({ parcel: 100, ж: 3 }).isForeign('ж')).toBe(false);
  });

  test('of much traffic is one whose characters are fewer than one in ten thousand', () => {
    // 70,000 characters of "parcel" with their ends, and some more: seven are the limit.
    expect(modelOf({ parcel: 10_000, ж: 6 }).isForeign('ж')).toBe(true);
    expect(modelOf({ parcel: 10_000, ж: 8 }).isForeign('ж')).toBe(false);
  });
});
