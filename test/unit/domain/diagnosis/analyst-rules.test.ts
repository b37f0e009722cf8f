import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohensD, mergeMoments, momentsOf, variance } from '../../../../shared/domain/base/moments.ts';
import { confusionCounts } from '../../../../shared/domain/diagnosis/confusion.ts';
import { meansOutOfScope, sameNameOtherForm } from '../../../../shared/domain/diagnosis/label-form.ts';
import { surfaceFeatures } from '../../../../shared/domain/diagnosis/surface-features.ts';
import { surfaceProfile } from '../../../../shared/domain/diagnosis/surface-profile.ts';
import { distinctWords, documentFrequencies, telling } from '../../../../shared/domain/similarity/keywords.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

describe('surface features', () => {
  it('measures what a text looks like', () => {
    expect(surfaceFeatures('WHY? see https://a.example\n<b>12</b>')).toMatchObject({
      characters: 36,
      words: 4,
      lines: 2,
      urls: 1,
      htmlTags: 2,
      questionMarks: 1,
    });
  });

  it('is finite and not negative for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        Object.values(surfaceFeatures(text)).every((value) => Number.isFinite(value) && value >= 0),
      ),
    );
  });
});

describe('moments', () => {
  it('merge into those of both groups together', () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }));
    fc.assert(
      fc.property(values, values, (a, b) => {
        const merged = mergeMoments(momentsOf(a), momentsOf(b));
        const whole = momentsOf([...a, ...b]);
        expect(merged.count).toBe(whole.count);
        expect(merged.mean).toBeCloseTo(whole.mean, 6);
        expect(variance(merged)).toBeCloseTo(variance(whole), 3);
      }),
    );
  });

  it('give Cohen’s d, bounded where there is no spread', () => {
    expect(cohensD(momentsOf([4, 6]), momentsOf([1, 3]))).toBeCloseTo(3 / Math.sqrt(2));
    expect(cohensD(momentsOf([1, 1]), momentsOf([0, 0]))).toBe(10);
    expect(cohensD(momentsOf([]), momentsOf([0, 0]))).toBe(0);
  });
});

describe('a surface profile', () => {
  it('compares failing inputs with passing ones of the same labels, the most different feature first', () => {
    const passing = new Map([['a', new Map([['words', momentsOf([2, 3, 4])]])]]);
    const [first] = surfaceProfile(
      [
        { input: 'one two three four five six', facets: ['a'] },
        { input: 'one two three four five', facets: ['a'] },
      ],
      (label) => passing.get(label),
    );
    expect(first).toMatchObject({ feature: 'words', failing: 5.5, passing: 3 });
  });
});

describe('keywords', () => {
  it('are letters and digits alone, with their marks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        [...distinctWords(text)].every((word) => /^[\p{L}\p{N}\p{M}]+$/u.test(word)),
      ),
    );
    expect([...distinctWords('Don’t <b>pay</b> I')]).toEqual(['dont', 'pay']);
  });

  it('tell a target from its background and leave common words out', () => {
    const target = documentFrequencies(['pay the rent', 'rent for the flat', 'the rent is due']);
    const background = documentFrequencies(['play the song', 'the weather', 'stop the alarm', 'the card']);
    expect(telling(target, background, { limit: 5 }).map(({ word }) => word)).toEqual(['rent']);
  });
});

describe('label names', () => {
  it('are one name when they differ in form alone', () => {
    expect(['PayBills', 'pay-bill', 'PAY_BILL', 'pay bill'].every((name) => sameNameOtherForm('pay_bill', name))).toBe(
      true,
    );
    expect(sameNameOtherForm('cancelled_order', 'canceled orders')).toBe(true);
  });

  it('are two names when a word differs, or its place', () => {
    expect(sameNameOtherForm('usd_to_eur', 'eur_to_usd')).toBe(false);
    expect(sameNameOtherForm('book_hotel', 'book_motel')).toBe(false);
    expect(sameNameOtherForm('level_1', 'level_2')).toBe(false);
    expect(sameNameOtherForm('pay_bill', 'pay_bill')).toBe(false);
  });

  it('may mean that an input is out of scope', () => {
    expect(meansOutOfScope('Out-of-Scope')).toBe(true);
    expect(meansOutOfScope('other_services')).toBe(false);
  });
});

describe('confusion counts', () => {
  it('come commonest first', () => {
    expect(
      confusionCounts(
        [
          { expected: labelOutput('b'), answer: labelOutput('a') },
          { expected: labelOutput('a'), answer: null },
          { expected: labelOutput('b'), answer: labelOutput('a') },
        ],
        classification,
      ),
    ).toEqual([
      { key: '["b","a"]', title: '"b" answered as "a"', facets: ['b'], count: 2 },
      { key: '["a",null]', title: '"a" left unanswered', facets: ['a'], count: 1 },
    ]);
  });
});
