import { describe, expect, test } from 'vitest';
import { detectCodeSwitching, detectSlang } from '../../../../shared/domain/triage/register.ts';
import { profileOf } from './fixtures.ts';

const knowing = (word: string, texts: number) => profileOf({ documentFrequency: new Map([[word, texts]]) });

describe('slang', () => {
  test('is named, and surer the more of it there is', () => {
    expect(detectSlang('pls help thx', profileOf({}))).toEqual({
      kind: 'slang',
      strength: 0.6 + 0.3,
      reason: 'has abbreviations or slang rare in the traffic: "pls", "thx"',
    });
    expect(detectSlang('pls pls pls', profileOf({}))?.strength).toBe(0.75);
    expect(detectSlang('pls thx btw idk omg', profileOf({}))).toMatchObject({
      strength: 1,
      reason: 'has abbreviations or slang rare in the traffic: "pls", "thx", "btw", "idk"',
    });
    expect(detectSlang('please help me', profileOf({}))).toBeNull();
  });

  test('is none where the traffic uses the word, in more than 1 of 200 texts', () => {
    expect(detectSlang('pls help', knowing('pls', 6))).toBeNull();
    expect(detectSlang('pls help', knowing('pls', 5))).not.toBeNull();
    expect(detectSlang('pls help', { ...knowing('pls', 4), texts: 100 })).toBeNull();
    expect(detectSlang('pls help', { ...knowing('pls', 3), texts: 100 })).not.toBeNull();
  });
});

describe('another script', () => {
  test('is seen where the traffic does not use it', () => {
    expect(detectCodeSwitching('where is посылка ок', profileOf({}))).toEqual({
      kind: 'code-switching',
      strength: 0.9,
      reason: 'has 50 % of its words in a script foreign to the traffic: "посылка ок"',
    });
    expect(detectCodeSwitching('where is the ок', profileOf({}))).not.toBeNull();
    expect(detectCodeSwitching('vitamin β', profileOf({}))).toBeNull();
  });

  test('is none of Latin letters, of laughter, nor of a word that the traffic knows', () => {
    expect(detectCodeSwitching('parcel 123', profileOf({ writings: new Map([['Han', 1]]) }))).toBeNull();
    expect(detectCodeSwitching('the parcel хахаха', profileOf({}))).toBeNull();
    expect(detectCodeSwitching('где', knowing('где', 6))).toBeNull();
  });

  test('is the traffic’s own from 1 in 200 texts on, and in more than three', () => {
    const of = (share: number, texts: number) =>
      detectCodeSwitching('где посылка', profileOf({ texts, writings: new Map([['Cyrillic', share]]) })) === null;
    expect([of(0.005, 1_000), of(0.004, 1_000)]).toEqual([true, false]);
    expect([of(0.02, 200), of(0.01, 300)]).toEqual([true, false]);
  });

  test('is not told of little traffic', () => {
    expect(detectCodeSwitching('где посылка', profileOf({ texts: 99 }))).toBeNull();
    expect(detectCodeSwitching('где посылка', profileOf({ texts: 100 }))).not.toBeNull();
  });
});

describe('another language', () => {
  test('is seen by three different form words of it', () => {
    expect(detectCodeSwitching('quiero parcel porque package necesito', profileOf({}))).toEqual({
      kind: 'code-switching',
      strength: 0.8,
      reason: 'has words of Spanish: "quiero", "porque", "necesito"',
    });
    expect(detectCodeSwitching('quiero parcel porque package porque', profileOf({}))).toBeNull();
    expect(detectCodeSwitching('quiero porque necesito tengo quisiera', profileOf({}))?.reason).toBe(
      'has words of Spanish: "quiero", "porque", "necesito", "tengo"',
    );
  });

  test('is none that has a share of the traffic, nor are words that such a one has too', () => {
    const of = (languages: [string, number][], text: string) =>
      detectCodeSwitching(text, profileOf({ languages: new Map(languages) }))?.reason ?? null;
    expect(of([['Spanish', 0.05]], 'quiero porque necesito')).toBeNull();
    expect(of([['Spanish', 0.04]], 'quiero porque necesito')).toContain('Spanish');
    expect(of([['Spanish', 0.5]], 'com la de se os')).toBeNull();
    expect(of([['English', 0.9]], 'where is the parcel that i need')).toBeNull();
  });

  test('is not seen by words that the traffic knows', () => {
    const documentFrequency = new Map([['porque', 50]]);
    expect(detectCodeSwitching('quiero porque necesito', profileOf({ documentFrequency }))).toBeNull();
  });
});
