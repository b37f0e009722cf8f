import { describe, expect, test } from 'vitest';
import { CharacterModel } from '../../../../shared/domain/triage/character-model.ts';
import type { CorpusProfile } from '../../../../shared/domain/triage/corpus-profile.ts';
import {
  detectCasing,
  detectDuplication,
  detectEncoding,
  detectFormatRequest,
  detectHtml,
  detectLength,
  detectMetadata,
  detectPreamble,
  detectPunctuation,
  detectTruncation,
} from '../../../../shared/domain/triage/noise.ts';
import { profileOf } from './fixtures.ts';

describe('casing', () => {
  const shouted = 'WHERE IS MY PARCEL';
  const withUpper = (share: number) => profileOf({ casing: new Map([['upper', share]]) });

  test('is noise where the traffic has hardly any of it', () => {
    expect(detectCasing(shouted, profileOf({}))).toEqual({
      kind: 'casing',
      strength: 1,
      reason: 'is in upper case, as only 0 % of the traffic',
    });
    expect(detectCasing('wHeRe iS mY pArCeL', profileOf({}))?.reason).toContain('mixed case');
    expect(detectCasing(shouted, withUpper(0.04))).toMatchObject({
      strength: 0.96,
      reason: expect.stringContaining('only 4 %'),
    });
    expect(detectCasing(shouted, withUpper(0.05))).toBeNull();
    expect(detectCasing(shouted, profileOf({ texts: 99 }))).toBeNull();
    expect(detectCasing(shouted, profileOf({ texts: 100 }))).not.toBeNull();
  });

  test('is none in small letters, nor of a word or two in capitals', () => {
    expect(detectCasing('where is my parcel', profileOf({}))).toBeNull();
    expect(detectCasing('Where is my parcel', profileOf({}))).toBeNull();
    expect(detectCasing('PARCEL NUMBER', profileOf({}))).toBeNull();
    expect(detectCasing('PARCEL NUMBER A 12 B4', profileOf({}))).toBeNull();
    expect(detectCasing('MY PARCEL NUMBER', profileOf({}))).not.toBeNull();
    expect(detectCasing('pArCeLnUmBeR', profileOf({}))).not.toBeNull();
  });
});

describe('punctuation', () => {
  test.each([
    ['what!!!', '!!!'],
    ['what!?!', '!?!'],
    ['well....', '....'],
    ['so,,, what', ',,,'],
    ['what . , ; : ! ok', '. , ; : ! '],
  ])('is noise in heaps: %s', (text, heap) => {
    expect(detectPunctuation(text)).toEqual({
      kind: 'punctuation',
      strength: 0.9,
      reason: `has a heap of marks: ${JSON.stringify(heap)}`,
    });
  });

  test('is noise where nearly every word has a mark', () => {
    expect(detectPunctuation('where, is, my, parcel?')).toEqual({
      kind: 'punctuation',
      strength: 0.9,
      reason: 'has 4 marks on 4 words',
    });
    expect(detectPunctuation('where, is, my, parcel, now')).toBeNull();
    expect(detectPunctuation('where, is, it?')).toBeNull();
    expect(detectPunctuation('3.5 1.2 7.1 a:b')).toBeNull();
  });

  test('is none where it is usual', () => {
    for (const text of ['well... what', 'what?!', 'Hi, there. Is it ok? Yes!', 'so,, what']) {
      expect(detectPunctuation(text), text).toBeNull();
    }
  });
});

test('remnants of HTML are tags and entities', () => {
  expect(detectHtml('where <BR/> is it')).toEqual({
    kind: 'html',
    strength: 0.95,
    reason: 'has a remnant of HTML: "<BR/>"',
  });
  expect(detectHtml('a&nbsp;b')?.reason).toContain('"&nbsp;"');
  for (const text of ['a < b > c', '<order>', 'me & you;']) expect(detectHtml(text), text).toBeNull();
});

describe('a lead-in', () => {
  test('is noise before a request', () => {
    expect(detectPreamble('Quick question: where is it')).toEqual({
      kind: 'preamble',
      strength: 0.85,
      reason: 'begins with a lead-in: "quick question:"',
    });
    expect(detectPreamble('hello there, sorry to bother you, where is it')?.reason).toContain('sorry to bother you,"');
    expect(detectPreamble('ok, so, where is it')?.kind).toBe('preamble');
    expect(detectPreamble('i hope this finds you well, where is it')?.kind).toBe('preamble');
    expect(detectPreamble('query: where is it')?.kind).toBe('preamble');
  });

  test('is none where it is a greeting alone, all there is, or not at the beginning', () => {
    for (const text of [
      'hello, where is it',
      'good morning team, where is it',
      'quick question:',
      'where is it, hello there, so',
    ])
      expect(detectPreamble(text), text).toBeNull();
  });
});

test('a wish about the form of the answer is noise', () => {
  expect(detectFormatRequest('where is it, Answer in JSON')).toEqual({
    kind: 'format-request',
    strength: 0.85,
    reason: 'asks for a form of answer: "answer in json"',
  });
  expect(detectFormatRequest('where is the answer')).toBeNull();
});

describe('a text that is cut off', () => {
  const vocabulary = { completions: (word: string) => (word === 'par' ? 'parcel' : null) };
  const cut = (text: string, known: Partial<CorpusProfile> = {}) => {
    const characters = new CharacterModel();
    characters.add('parcel', 200);
    return detectTruncation(text, profileOf({ characters, ...known }), vocabulary);
  };

  test('ends in the beginning of a word', () => {
    expect(cut('where is my par')).toEqual({
      kind: 'truncation',
      strength: 0.75,
      reason: 'ends in "par", the beginning of "parcel"',
    });
    expect(cut('where is my par', { documentFrequency: new Map([['par', 1]]) })).not.toBeNull();
    expect(cut('where is my par', { documentFrequency: new Map([['par', 2]]) })).toBeNull();
    for (const text of ['where is my parcel', 'where is my pa', 'where is my lamp', 'where is my p', 'is my par5'])
      expect(cut(text), text).toBeNull();
  });

  test('may end with a word that ends no text', () => {
    const ending = (times: number, of: number) =>
      cut('where is the', { documentFrequency: new Map([['the', of]]), lastWords: new Map([['the', times]]) });
    expect(ending(2, 1_000)).toEqual({
      kind: 'truncation',
      strength: 0.8,
      reason: 'ends with "the", as 2 of 1000 texts with that word',
    });
    expect(ending(3, 1_000)).toBeNull();
    expect(ending(0, 100)).not.toBeNull();
    expect(ending(0, 99)).toBeNull();
    expect(cut('where is the', { documentFrequency: new Map([['the', 100]]) })).not.toBeNull();
  });

  test('may end with a dash, where texts end with a mark', () => {
    expect(cut('where is my lamp - ', { closedEnds: 0.6 })).toEqual({
      kind: 'truncation',
      strength: 0.8,
      reason: 'ends in mid-sentence',
    });
    expect(cut('where is my lamp -', { closedEnds: 0.5 })).toBeNull();
    expect(cut('where is my - lamp', { closedEnds: 0.6 })).toBeNull();
  });

  test('ends with no mark, has three words, and stands in some traffic', () => {
    expect(cut('where is my par.')).toBeNull();
    expect(cut('my par')).toBeNull();
    expect(cut('is my par')).not.toBeNull();
    expect(cut('')).toBeNull();
    expect(cut('where is my par', { texts: 99 })).toBeNull();
    expect(cut('where is my par', { texts: 100 })).not.toBeNull();
  });
});

describe('a text that stands there twice', () => {
  const reasonOf = (text: string) => detectDuplication(text)?.reason ?? null;

  test('is told with how often', () => {
    expect(detectDuplication('where is my parcel where is my parcel')).toEqual({
      kind: 'duplication',
      strength: 0.95,
      reason: 'repeats 4 words 2 times',
    });
    expect(reasonOf('is my parcel is my parcel is my parcel')).toBe('repeats 3 words 3 times');
    const ten = 'one two three four five six seven eight nine ten';
    expect(reasonOf(`${ten} ${ten} please`)).toBe('repeats 10 words 2 times');
    expect(reasonOf('where is my parcel where is my parcel or not today')).toBeNull();
  });

  test('may differ in one word of ten', () => {
    const ten = 'one two three four five six seven eight nine ten';
    expect(reasonOf(`${ten} ${ten.replace('ten', 'end')}`)).toBe('repeats 10 words 2 times');
    expect(reasonOf(`${ten} ${ten.replace('nine ten', 'an end')}`)).toBeNull();
  });

  test('has six words, three of them different, and repeats three at least', () => {
    for (const text of ['is it is it', 'no no no no no no no', 'is it is it is it', 'my parcel my parcel my parcel'])
      expect(reasonOf(text), text).toBeNull();
    expect(reasonOf('is my parcel is my parcel')).toBe('repeats 3 words 2 times');
  });

  test('may be a sentence that is most of it', () => {
    const sentence = 'My parcel has never arrived here';
    expect(detectDuplication(`${sentence}. Ok then. ${sentence}!`)).toEqual({
      kind: 'duplication',
      strength: 0.9,
      reason: 'repeats a sentence: "my parcel has never arrived here"',
    });
    expect(reasonOf(`${sentence}. What else should I say to you but that it is so? ${sentence}.`)).toBeNull();
    expect(reasonOf('It is lost. Ok then. It is lost. Thank you.')).toBeNull();
    expect(reasonOf('Where is it now? In my house. And where is it not?')).toBeNull();
  });
});

describe('characters gone wrong', () => {
  test.each([
    ['the \ufffd parcel', '\ufffd'],
    ['my cafÃ© parcel', 'Ã©'],
    ['it â€™s here', 'â€™'.slice(0, 2)],
    ['a\u0001b', 'U+0001'],
    ['\ufeffwhere', 'U+feff'],
    ['par\u200bcel', 'U+200b'],
    ['caf\\u00e9', '\\u00e9'],
    ['caf\\xe9', '\\xe9'],
  ])('are shown: %j', (text, shown) => {
    expect(detectEncoding(text)).toEqual({
      kind: 'encoding',
      strength: 0.95,
      reason: expect.stringContaining(`has characters gone wrong: ${JSON.stringify(shown).slice(0, -1)}`),
    });
  });

  test('may be letters of another script that look the same', () => {
    expect(detectEncoding('my pаypal account')).toEqual({
      kind: 'encoding',
      strength: 0.9,
      reason: 'mixes scripts inside a word: "pаypal"',
    });
    for (const text of ['SMSки', 'аеор', 'paypal', 'привет hello', 'paypaж', 'ก\u200bข'])
      expect(detectEncoding(text), text).toBeNull();
  });
});

test('a field of a data set is shown', () => {
  expect(detectMetadata('where is it [split=test]')?.reason).toBe('has a field of a data set: "split=test"');
  expect(detectMetadata('[test-12] where is it')).toMatchObject({ kind: 'benchmark-metadata', strength: 0.8 });
  expect(detectMetadata('a test of my lamp')).toBeNull();
});

test('a text is very long that has twice as many words as nearly all, and three times the usual', () => {
  const long = (count: number, median: number, p95: number, texts = 100) =>
    detectLength('word '.repeat(count), profileOf({ texts, length: { median, p95 } }));
  expect(long(21, 5, 10)).toEqual({ kind: 'very-long', strength: 0.8, reason: 'has 21 words, against a usual 5' });
  expect(long(20, 5, 10)).toBeNull();
  expect(long(30, 10, 10)).toBeNull();
  expect(long(31, 10, 10)).not.toBeNull();
  expect(long(31, 10, 10, 99)).toBeNull();
});
