import { describe, expect, test } from 'vitest';
import {
  canaryCount,
  isWorthALook,
  shadowCount,
  watchFinding,
  watchWords,
} from '../../../../shared/domain/evaluation/watch.ts';

const all = { answers: 100, judged: 100, right: 80, of: 100, gained: 2, lost: 14 };

describe('shadowCount', () => {
  test('holds losses against half of the changes where all answers are judged', () => {
    const count = shadowCount(all);
    expect(count).toMatchObject({ test: 'shadow', judged: 100, against: 14, inFavour: 2, share: 0.5 });
    expect(count.evidence).toBeGreaterThan(20);
    expect(watchFinding(count, 2_000, 0.2)).toBe('worse');
  });

  test('takes for granted that wrong answers were picked where few are judged', () => {
    // At most 4.6 times as likely: up to 82 % of the changes prove nothing.
    const count = shadowCount({ ...all, answers: 400 });
    expect(count.share).toBeCloseTo(4.75 / 5.75, 6);
    expect(count.evidence).toBeLessThan(20);
    expect(watchFinding(count, 2_000, 0.2)).toBe('open');
  });

  test('finds nothing where only wrong answers are judged', () => {
    const count = shadowCount({ answers: 1_000, judged: 50, right: 0, of: 50, gained: 0, lost: 40 });
    expect(count).toMatchObject({ share: 1, evidence: 0 });
    expect(watchFinding(count, 2_000, 1)).toBe('picked');
  });

  test('finds nothing by judgements of which most are wrong, whatever the evidence', () => {
    const count = shadowCount({ answers: 100, judged: 100, right: 30, of: 100, gained: 0, lost: 60 });
    expect(count.evidence).toBeGreaterThan(20);
    expect(watchFinding(count, 2_000, 0.7)).toBe('picked');
  });

  test('is nothing without a trace', () => {
    const count = shadowCount({ answers: 0, judged: 0, right: 0, of: 0, gained: 0, lost: 0 });
    expect(count.evidence).toBe(0);
    expect(watchFinding(count, 2_000, 0)).toBe('open');
  });
});

describe('canaryCount', () => {
  test('holds the wrong answers of the champion against its share of the requests', () => {
    const fair = canaryCount(500, { champion: 10, predecessor: 40 }, 0.2);
    expect(fair.evidence).toBeLessThan(1);
    const worse = canaryCount(500, { champion: 25, predecessor: 30 }, 0.2);
    expect(worse).toMatchObject({ test: 'canary', judged: 500, against: 25, inFavour: 30, share: 0.2 });
    expect(watchFinding(worse, 2_000, 0)).toBe('worse');
  });
});

describe('canaryCount, where both were asked about what either answered', () => {
  const wrong = { champion: 6, predecessor: 20 };
  const crossed = (champion: readonly [number, number], predecessor: readonly [number, number]) => ({
    champion: { against: champion[0], inFavour: champion[1] },
    predecessor: { against: predecessor[0], inFavour: predecessor[1] },
  });

  test('finds a worse champion by far fewer traces', () => {
    expect(canaryCount(120, wrong, 0.2).evidence).toBeLessThan(2);
    const both = canaryCount(120, wrong, 0.2, crossed([8, 1], [18, 2]));
    expect(both.evidence).toBeGreaterThan(20);
    expect(watchFinding(both, 2_000, 0)).toBe('worse');
    expect(watchWords(both)).toContain(
      '; of the same traces only its predecessor has 26 right, only itself 3 (evidence',
    );
  });

  test('is not taken in where only wrong answers are judged', () => {
    // A fifth of the traces that only the predecessor has right, four fifths of those that only the champion has.
    const complaints = canaryCount(150, { champion: 30, predecessor: 120 }, 0.2, crossed([30, 0], [0, 120]));
    expect(complaints.evidence).toBeLessThan(2);
  });

  test('counts what either answered by the share of who did', () => {
    const fair = canaryCount(100, { champion: 0, predecessor: 0 }, 0.5, crossed([0, 10], [0, 10]));
    expect(fair.evidence).toBeLessThan(1);
    expect(canaryCount(0, { champion: 0, predecessor: 0 }, 0.5, crossed([0, 0], [0, 0])).evidence).toBeCloseTo(1, 9);
  });
});

describe('watchFinding', () => {
  test('ends after enough judged traces, and not where it is proven worse by then', () => {
    const count = { ...shadowCount(all), evidence: 19.9 };
    expect(watchFinding(count, 101, 0.2)).toBe('open');
    expect(watchFinding(count, 100, 0.2)).toBe('held');
    expect(watchFinding({ ...count, evidence: 20 }, 100, 0.2)).toBe('worse');
  });
});

describe('watchWords', () => {
  test('says that nothing was, where nothing is judged yet', () => {
    const none = { answers: 0, judged: 0, right: 0, of: 0, gained: 0, lost: 0 };
    expect(watchWords(shadowCount(none))).toBe('no judged trace since the promotion yet');
    expect(watchWords(canaryCount(0, { champion: 0, predecessor: 0 }, 0.2))).toBe(
      'no judged trace since the promotion yet',
    );
  });

  test('says what was counted', () => {
    expect(watchWords(shadowCount(all))).toBe(
      'of 100 judged traces since the promotion only its predecessor has 14 right, only itself 2 (evidence 64.2, 20 proves that it is worse)',
    );
    expect(watchWords(canaryCount(500, { champion: 25, predecessor: 30 }, 0.2))).toContain(
      'it answered 20.0 %, chosen by lot; 25 of its answers are wrong and 30 of its predecessor',
    );
  });
});

describe('isWorthALook', () => {
  test('is each twentieth judgement at first, then a tenth more', () => {
    expect([isWorthALook(0, 19), isWorthALook(19, 20), isWorthALook(20, 39), isWorthALook(30, 45)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    const looks = Array.from({ length: 2_000 }, (_, at) => isWorthALook(at, at + 1)).filter(Boolean).length;
    expect(looks).toBe(34);
    expect(isWorthALook(10_000, 10_100)).toBe(false);
    expect(isWorthALook(10_000, 11_100)).toBe(true);
  });
});
