import { describe, expect, test } from 'vitest';
import { soundOf, Vocabulary } from '../../../../shared/domain/triage/vocabulary.ts';
import { profileOf } from './fixtures.ts';

const vocabularyOf = (words: Readonly<Record<string, number>>, texts = 1_000) =>
  new Vocabulary(profileOf({ texts, documentFrequency: new Map(Object.entries(words)) }));

describe('a common word', () => {
  test('is one of four letters and more that five texts have, and one in a thousand', () => {
    const common = vocabularyOf({ parcel: 5, refund: 4, cat: 90, lamp: 5, "don't": 9, wifi5: 90, naïve: 9 });
    expect(['parcel', 'lamp', "don't", 'naïve'].every((word) => common.isCommon(word))).toBe(true);
    expect(['refund', 'cat', 'wifi5', 'never'].some((word) => common.isCommon(word))).toBe(false);
    expect(vocabularyOf({ parcel: 9 }, 10_000).isCommon('parcel')).toBe(false);
    expect(vocabularyOf({ parcel: 10 }, 10_000).isCommon('parcel')).toBe(true);
  });

  test('has 30 letters at most', () => {
    const [longest, longer] = ['x'.repeat(30), 'y'.repeat(31)];
    const common = vocabularyOf({ [longest]: 50, [longer]: 50 });
    expect([common.isCommon(longest), common.isCommon(longer)]).toEqual([true, false]);
  });

  test('has its frequency, like any other', () => {
    const known = vocabularyOf({ parcel: 50, cat: 2 });
    expect([known.frequency('parcel'), known.frequency('cat'), known.frequency('dog')]).toEqual([50, 2, 0]);
  });
});

describe('a slip of the hand', () => {
  const known = vocabularyOf({ parcel: 50, back: 60, pack: 40, rack: 60, refund: 20 });

  test.each([
    ['parrcel', 'a letter too many'],
    ['parcell', 'a letter too many at the end'],
    ['xparcel', 'a letter too many at the beginning'],
    ['pacel', 'a letter missing'],
    ['arcel', 'the first letter missing'],
    ['parce', 'the last letter missing'],
    ['parkel', 'another letter'],
    ['zarcel', 'another first letter'],
    ['parcez', 'another last letter'],
    ['pacrel', 'two letters in turn'],
    ['aprcel', 'the first two in turn'],
    ['parcle', 'the last two in turn'],
  ])('leads from %s to the word meant: %s', (written) => {
    expect(known.oneEditAway(written)).toBe('parcel');
  });

  test('is one and not two, and changes something', () => {
    for (const written of [
      'parcel',
      'pacle',
      'paarrcel',
      'pracxl',
      'lecrap',
      'prcael',
      'pzrcez',
      'acreql',
      'pacxel',
      'paxrel',
    ])
      expect(known.oneEditAway(written), written).toBeNull();
    expect(vocabularyOf({ banana: 50 }).oneEditAway('bnanaa')).toBeNull();
  });

  test('leads from one common word to another, and past a commoner one that takes two', () => {
    expect(known.oneEditAway('back')).toBe('rack');
    expect(vocabularyOf({ paxcel: 90, parcel: 50 }).oneEditAway('pacrel')).toBe('parcel');
  });

  test('is taken for the commonest word that it may mean', () => {
    expect(known.oneEditAway('xack')).toBe('back');
    expect(vocabularyOf({ pack: 40, back: 60 }).oneEditAway('xack')).toBe('back');
    expect(vocabularyOf({ pack: 60, back: 40 }).oneEditAway('xack')).toBe('pack');
    expect(vocabularyOf({ dome: 20, lame: 50 }).oneEditAway('lome')).toBe('lame');
    expect(vocabularyOf({ dome: 50, lame: 20 }).oneEditAway('lome')).toBe('dome');
  });

  test('is not looked for in words longer than 30 letters', () => {
    const word = 'ab'.repeat(15);
    const long = vocabularyOf({ [word]: 50 });
    expect(long.oneEditAway(word.slice(1))).toBe(word);
    expect(long.oneEditAway(`${word.slice(0, 29)}x`)).toBe(word);
    expect(long.oneEditAway(`${word}x`)).toBeNull();
  });
});

test('words that sound alike lead to the commonest one, and none to itself', () => {
  const known = vocabularyOf({ phone: 50, invoice: 20, fine: 30, night: 9 });
  expect(known.soundsLike('fone')).toBe('phone');
  expect(known.soundsLike('invoyse')).toBe('invoice');
  expect(known.soundsLike('phone')).toBeNull();
  expect(known.soundsLike('zebra')).toBeNull();
});

test('a beginning of two letters and more leads to the commonest word', () => {
  const known = vocabularyOf({ password: 40, parcel: 50, passage: 60 });
  expect(known.completions('pa')).toBe('passage');
  expect(known.completions('passw')).toBe('password');
  expect(known.completions('parce')).toBe('parcel');
  expect(known.completions('parcel')).toBeNull();
  expect(known.completions('p')).toBeNull();
  expect(known.completions('arcel')).toBeNull();
});

test('of equally common words the first in the alphabet counts', () => {
  expect(vocabularyOf({ pbcd: 50, pacd: 50 }).completions('p' + 'a')).toBe('pacd');
  expect(vocabularyOf({ paz: 50, pazz: 50, paaa: 50 }).completions('pa')).toBe('paaa');
});

test.each([
  ["can't", 'kant'],
  ['knife', 'nafa'],
  ['backnee', 'bakna'],
  ['write', 'rata'],
  ['awry', 'ara'],
  ['photograph', 'fatagraf'],
  ['night', 'nt'],
  ['naught', 'nat'],
  ['though', 'tha'],
  ['ghost', 'ghast'],
  ['match', 'mach'],
  ['nation', 'nashan'],
  ['mission', 'masshan'],
  ['magician', 'magashan'],
  ['city', 'sata'],
  ['cat', 'kat'],
  ['back', 'bak'],
  ['chat', 'chat'],
  ['quick', 'kak'],
  ['box', 'baks'],
  ['zebra', 'sabra'],
  ['letter', 'latar'],
  ['queue', 'ka'],
])('%s sounds like %s', (word, sound) => {
  expect(soundOf(word)).toBe(sound.replace(/ss/g, 's'));
});
