import { describe, expect, test } from 'vitest';
import { detectOcr, detectPhonetic, detectTypos } from '../../../../shared/domain/triage/spelling.ts';
import { Vocabulary } from '../../../../shared/domain/triage/vocabulary.ts';
import { profileOf } from './fixtures.ts';

const common = { parcel: 50, password: 40, invoice: 40, receive: 40, morning: 30, würde: 60, bleiben: 60, time: 90 };
const trafficOf = (words: Readonly<Record<string, number>>, known: Parameters<typeof profileOf>[0] = {}) => {
  const profile = profileOf({ documentFrequency: new Map(Object.entries({ ...common, ...words })), ...known });
  return { profile, vocabulary: new Vocabulary(profile) };
};
const typos = (text: string, { profile, vocabulary } = trafficOf({})) => detectTypos(text, profile, vocabulary);
const phonetic = (text: string, { profile, vocabulary } = trafficOf({})) => detectPhonetic(text, profile, vocabulary);
const ocr = (text: string, { profile, vocabulary } = trafficOf({})) => detectOcr(text, profile, vocabulary);

describe('a typo', () => {
  test('is named with the word meant, and surer the more there are', () => {
    expect(typos('the parrcel is lost')).toEqual({
      kind: 'typos',
      strength: 0.75,
      reason: 'has words one slip away from common ones: "parrcel" for "parcel"',
    });
    expect(typos('parrcel parrcel')?.strength).toBe(0.75);
    expect(typos('parrcel pasword')?.strength).toBeCloseTo(0.9, 10);
    const many = typos('parrcel pasword innvoice recieve');
    expect(many?.strength).toBe(1);
    expect(many?.reason).toBe(
      'has words one slip away from common ones: "parrcel" for "parcel", "pasword" for "password", "innvoice" for "invoice"',
    );
    expect(typos('the parcel is lost')).toBeNull();
  });

  test('is none of a word that the traffic knows, nor where the word meant is not ten times as common', () => {
    expect(typos('parrcel', trafficOf({ parrcel: 2 }))).not.toBeNull();
    expect(typos('parrcel', trafficOf({ parrcel: 3 }))).toBeNull();
    expect(typos('parrcel', trafficOf({ parcel: 9 }))).toBeNull();
    expect(typos('parrcel', trafficOf({ parcel: 10 }))).not.toBeNull();
    expect(typos('parrcel', trafficOf({ parcel: 19, parrcel: 2 }))).toBeNull();
    expect(typos('parrcel', trafficOf({ parcel: 20, parrcel: 2 }))).not.toBeNull();
  });

  test('is not looked for in words of four letters, nor in codes', () => {
    expect(typos('tmie')).toBeNull();
    expect(typos('pacel')).not.toBeNull();
    expect(typos('parc3el')).toBeNull();
    expect(typos("parc'el")).toBeNull();
  });

  test('is none that is a form of the word, or another word', () => {
    for (const text of ['parcels', 'receiver', 'received', 'barcel', 'wurde', 'würden', 'pacelo'])
      expect(typos(text), text).toBeNull();
    expect(typos('broad', trafficOf({ bread: 50 }))).toBeNull();
  });

  test('is two letters in turn wherever they stand', () => {
    for (const text of ['pacrel', 'parcle', 'recieve']) expect(typos(text)?.kind, text).toBe('typos');
  });

  test('but for "ie" and "ei" where the language is another one than English', () => {
    const german = trafficOf({}, { languages: new Map([['German', 1]]) });
    expect(typos('blieben', german)).toBeNull();
    expect(typos('bleibne', german)).not.toBeNull();
    expect(typos('blieben')).not.toBeNull();
  });

  test('is not told of little traffic', () => {
    expect(typos('parrcel', trafficOf({}, { texts: 99 }))).toBeNull();
    expect(typos('parrcel', trafficOf({}, { texts: 100 }))).not.toBeNull();
  });
});

describe('a word written as it sounds', () => {
  test('is named with the word meant', () => {
    expect(phonetic('my invoyse')).toEqual({
      kind: 'phonetic-misspelling',
      strength: 0.75,
      reason: 'has words written as common ones sound: "invoyse" for "invoice"',
    });
  });

  test('begins alike and is about as long', () => {
    const phone = trafficOf({ telephone: 50, quicksand: 50 });
    for (const text of ['telefone', 'teleffffone']) expect(phonetic(text, phone)?.reason).toContain('"telephone"');
    expect(phonetic('telefffffone', phone)).toBeNull();
    expect(phonetic('kuicksand', phone)).toBeNull();
    expect(phonetic('nosheun', trafficOf({ nation: 50 }))?.reason).toContain('"nation"');
  });

  test('has five letters at least, as the word meant has', () => {
    expect(phonetic('tyyme')).toBeNull();
    expect(phonetic('tyme', trafficOf({ tiiime: 50 }))).toBeNull();
    expect(phonetic('tyyme', trafficOf({ tiime: 95 }))).not.toBeNull();
  });
});

describe('letters confused as by text recognition', () => {
  test('are read as what they look like', () => {
    expect(ocr('my parce1')).toEqual({
      kind: 'ocr',
      strength: 0.75,
      reason: 'has letters confused as by text recognition: "parce1" for "parcel"',
    });
    for (const [written, meant] of [
      ['passw0rd', 'password'],
      ['pa55word', 'password'],
      ['1nvoice', 'invoice'],
      ['1ime', 'time'],
      ['rec3ive', 'receive'],
      ['rnorning', 'morning'],
      ['morninq9', null],
      ['parcel', null],
    ] as const)
      expect(ocr(written)?.reason ?? null, written).toEqual(
        meant === null ? null : expect.stringContaining(`"${meant}"`),
      );
  });

  test('stand in words that are letters for the better part, and begin with one', () => {
    const known = trafficOf({ oose: 50, sose: 50, bell: 50, gale: 50 });
    expect(ocr('be11', known)).toBeNull();
    expect(ocr('5ose', known)).toBeNull();
    expect(ocr('0ose', known)).not.toBeNull();
    expect(ocr('bel1', known)).not.toBeNull();
  });

  test.each([
    ['rnale', 'male'],
    ['rnarnrnal', 'mammal'],
    ['vvale', 'wale'],
    ['clale', 'dale'],
    ['iiale', 'uale'],
    ['nnale', 'male'],
    ['8ale', null],
    ['a8le', 'able'],
    ['a6le', 'agle'],
  ])('are pairs of letters too, in English: %s', (written, meant) => {
    const words = Object.fromEntries(
      ['male', 'wale', 'dale', 'uale', 'able', 'agle', 'bale', 'mammal'].map((word) => [word, 50]),
    );
    expect(ocr(written, trafficOf(words))?.reason ?? null).toEqual(
      meant === null ? null : expect.stringContaining(`for "${meant}"`),
    );
  });

  test('are figures alone in another language', () => {
    const german = trafficOf({}, { languages: new Map([['German', 1]]) });
    expect(ocr('rnorning', german)).toBeNull();
    expect(ocr('passw0rd', german)).not.toBeNull();
  });

  test('are none that make a word of three letters or fewer', () => {
    expect(ocr('world war ii', trafficOf({ u: 50, war: 50 }))).toBeNull();
    const german = { languages: new Map([['German', 1]]) };
    expect(ocr('das 1st gut', trafficOf({ ist: 50 }, german))).toBeNull();
    expect(ocr('das c0de', trafficOf({ code: 50 }, german))).not.toBeNull();
  });

  test('are none in what the traffic knows, in two letters, and in little traffic', () => {
    expect(ocr('parce1', trafficOf({ parce1: 3 }))).toBeNull();
    expect(ocr('parce1', trafficOf({ parce1: 2 }))).not.toBeNull();
    expect(ocr('parce1', trafficOf({}, { texts: 99 }))).toBeNull();
    expect(ocr('parce1', trafficOf({}, { texts: 100 }))).not.toBeNull();
  });
});
