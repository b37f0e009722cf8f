import { beforeAll, describe, expect, test } from 'vitest';
import { profileCorpus } from '../../../../shared/domain/triage/corpus-profile.ts';
import { detectGibberish } from '../../../../shared/domain/triage/gibberish.ts';
import { profileOf } from './fixtures.ts';

const seen = (text: string, known: Readonly<Record<string, number>> = {}) =>
  detectGibberish(text, profileOf({ documentFrequency: new Map(Object.entries({ parcel: 9, ...known })) }));
const reasonOf = (text: string) => seen(text)?.reason ?? null;

describe('signs only', () => {
  test('are one letter over and over, or two in turn', () => {
    expect(seen('aaaaa aaa')).toEqual({ kind: 'gibberish', strength: 0.95, reason: 'repeats "a" 8 times' });
    expect(reasonOf('DFdfdf')).toBe('repeats "df" 6 times');
    expect(reasonOf('dfdfd')).toBeNull();
    for (const text of ['hahaha', 'kkkkkk', 'ээээээ', '111111']) expect(reasonOf(text), text).toBeNull();
  });

  test('are marks with hardly a letter', () => {
    expect(seen('#$%& *()!')).toEqual({
      kind: 'gibberish',
      strength: 0.9,
      reason: 'only 0 % of its characters are letters or figures',
    });
    expect(reasonOf('#$%&*()+ab1')).toContain('only 27 %');
    expect(reasonOf('#$%&*()+abcdef')).toBeNull();
    expect(reasonOf('#$%&*()')).toBeNull();
    expect(reasonOf('👍👍👍👍👍👍👍👍')).toBeNull();
    expect(reasonOf(`${'#'.repeat(40)} parcelparcel`)).toBeNull();
    expect(reasonOf(`${'#'.repeat(40)} parcelparce`)).not.toBeNull();
  });
});

describe('keyboard mash', () => {
  test('is shown, with the share of the letters that it is', () => {
    expect(seen('asdfghjkl')).toEqual({
      kind: 'gibberish',
      strength: 0.95,
      reason: '100 % of its letters are keyboard mash: "asdfghjkl"',
    });
    expect(reasonOf('xkcdqz pwtnb mnbvq')).toBe('100 % of its letters are keyboard mash: "xkcdqz pwtnb mnbvq"');
    expect(reasonOf('asdf the asdf')).toBe('73 % of its letters are keyboard mash: "asdf asdf"');
  });

  test('of a single word is a run of keys, or six consonants', () => {
    for (const text of ['qwerty', 'poiuytr', 'lkjh', 'azertyui', 'xkcdqz']) expect(seen(text), text).not.toBeNull();
    for (const text of ['xkcdq', 'aaaaa', 'wert', 'tree', 'banolito', 'poiu']) expect(seen(text), text).toBeNull();
  });

  test('is one letter over and over in each word, but no word that is drawn out', () => {
    expect(reasonOf('aaaaa bbbb ccccc')).toBe('100 % of its letters are keyboard mash: "aaaaa bbbb ccccc"');
    for (const text of ['aaaaand ooooone', 'aaaaa bbb ccc']) expect(seen(text), text).toBeNull();
  });

  test('is most of the text, or some of it where all is strange', () => {
    expect(seen('parcel parcel asdf')).toBeNull();
    expect(seen('asdf qwer banolito')?.reason).toContain('50 %');
    expect(seen('asdf qwer banolito which')).toBeNull();
    expect(seen('asdf qwer banolito kamuri tolena parano')).toBeNull();
    expect(seen('asdf banolito')).toBeNull();
  });

  test('is none of what the traffic has, of codes, addresses and figures', () => {
    expect(seen('asdfghjkl', { asdfghjkl: 2 })).not.toBeNull();
    expect(seen('asdfghjkl', { asdfghjkl: 3 })).toBeNull();
    for (const text of [
      'XKCDQ PWTNB',
      'mysql nginx',
      'https://xkcdqz.com/pwtnb',
      'xkcdqz@pwtnb.com',
      'a/xkcdqz/pwtnb',
      'xkcdqz1 pwtnb2',
    ])
      expect(seen(text), text).toBeNull();
    expect(seen('asd')).toBeNull();
  });

  test('is none of words with many consonants, by the letters that are one sound', () => {
    expect(seen('xtrpkqa wnbdfge')).not.toBeNull();
    for (const text of [
      'Rechtsschutz Schlichtschwert',
      'zmrzl ctvrt',
      'krst vlk',
      'hellooooo nooooo',
      'strength lengths',
    ])
      expect(seen(text), text).toBeNull();
  });
});

describe('words that are not built as those of the traffic', () => {
  const syllables = ['ba', 'ne', 'li', 'to', 'ra', 'me', 'ko', 'sa', 'ti', 'lu'];
  const words = syllables.flatMap((a) => syllables.flatMap((b) => syllables.map((c) => a + b + c)));
  const texts = Array.from(
    { length: 600 },
    (_, at) => `${words[at % 1000]} ${words[(at + 300) % 1000]} ${words[(at + 450) % 1000]}`,
  );
  let profile = profileOf({});
  beforeAll(() => {
    profile = profileCorpus([...texts, ...texts.map((text) => `${text} also`), 'also this', 'also that']);
  });
  const unlike = (text: string, of = profile) => detectGibberish(text, of);

  test('are told by how likely their letters are', () => {
    const found = unlike('oaieut aeuiol');
    expect(found?.kind).toBe('gibberish');
    expect(found?.strength).toBe(1);
    expect(found?.reason).toMatch(
      /^100 % of its letters are in words unknown to the traffic, with -\d\.\d log likelihood a character against a usual -[12]\.\d$/,
    );
  });

  test('are none that are built alike, one alone, or with a word that is known to be one', () => {
    expect(unlike('balitone ramekosa')).toBeNull();
    expect(unlike('oaieut')).toBeNull();
    expect(unlike('oaieut oaieut')).toBeNull();
    expect(unlike('oaieut aeuiol which')).toBeNull();
    expect(unlike('oaieut aeuiol banelito')).not.toBeNull();
    expect(unlike('oaieut aeuiol bababa')).toBeNull();
    expect(unlike('OAIEUT AEUIOL')).toBeNull();
    expect(unlike('выхоку жоезг')).toBeNull();
  });

  test('are not told by little traffic, nor by few words', () => {
    expect(unlike('oaieut aeuiol', { ...profile, texts: 99 })).toBeNull();
    expect(unlike('oaieut aeuiol', { ...profile, texts: 100 })).not.toBeNull();
    const few = new Map([...profile.documentFrequency].slice(0, 999));
    expect(unlike('oaieut aeuiol', { ...profile, documentFrequency: few })).toBeNull();
  });
});
