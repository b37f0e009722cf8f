import { describe, expect, it, test } from 'vitest';
import {
  formatChange,
  formatDuration,
  formatInstant,
  formatInterval,
  formatPercent,
  formatPoints,
  formatPValue,
  formatRate,
  formatScore,
  formatShare,
  fractionOf,
} from '../../../../shared/loop/report/format.ts';
import { beforeAfter, rate } from '../../../helpers/report-data.ts';

/** With a plain blank for each that does not break. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test('a percentage is not broken before its sign, and is unknown where there is none', () => {
  expect(formatPercent(0.914)).toBe('91.4\u00a0%');
  expect(plain(formatPercent(0.914, 0))).toBe('91 %');
  expect(formatPercent(Number.NaN)).toBe('unknown');
});

test('points have their sign, and none where they round to nothing', () => {
  expect(formatPoints(0.029)).toBe('+2.9');
  expect(formatPoints(-0.029)).toBe('−2.9');
  expect(formatPoints(-0.0004)).toBe('0.0');
  expect(formatPoints(0.0004)).toBe('0.0');
  expect(formatPoints(-0.029, 0)).toBe('−3');
});

test('a score has four decimals', () => {
  expect(formatScore(0.91)).toBe('0.9100');
});

describe('a rate', () => {
  it('is a percentage, or none where nothing was measured', () => {
    expect(fractionOf({ right: 3, of: 4 })).toBe(0.75);
    expect(fractionOf({ right: 0, of: 0 })).toBeNull();
    expect(plain(formatRate(rate(3, 4)))).toBe('75.0 %');
    expect(formatRate(rate(0, 0))).toBe('none');
  });

  it('of fewer than twenty is counted', () => {
    expect(formatShare(rate(1, 1))).toBe('1 of 1');
    expect(formatShare(rate(10, 19))).toBe('10 of 19');
    expect(plain(formatShare(rate(10, 20)))).toBe('50.0 %');
    expect(formatShare(rate(0, 0))).toBe('none');
  });

  it('has its interval, but for one of nothing', () => {
    expect(plain(formatInterval({ lower: 0.889, upper: 0.934, of: 100 }))).toBe('88.9–93.4 %');
    expect(plain(formatInterval({ lower: 0.889, upper: 0.934 }))).toBe('88.9–93.4 %');
    expect(formatInterval({ lower: 0, upper: 1, of: 0 })).toBe('');
  });
});

describe('a change', () => {
  it('is the difference between the percentages that a reader sees', () => {
    expect(formatChange(beforeAfter('traffic', 2_000, 1_800, 1_858))).toBe('+2.9');
    expect(formatChange(beforeAfter('traffic', 20, 10, 9))).toBe('−5.0');
    // 33.35 % and 66.64 % are shown as 33.4 % and 66.6 %.
    expect(formatChange({ before: rate(667, 2_000), after: rate(3_332, 5_000) })).toBe('+33.2');
  });

  it('of few is counted where both are of the same number, and else not told', () => {
    expect(formatChange(beforeAfter('traffic', 19, 9, 12))).toBe('+3');
    expect(formatChange(beforeAfter('traffic', 19, 12, 9))).toBe('−3');
    expect(formatChange(beforeAfter('traffic', 19, 9, 9))).toBe('0');
    expect(formatChange({ before: rate(9, 19), after: rate(20, 30) })).toBe('');
    expect(formatChange({ before: rate(0, 0), after: rate(20, 30) })).toBe('');
    expect(formatChange({ before: rate(20, 30), after: rate(0, 0) })).toBe('');
  });
});

test('a tiny p-value is a bound, and a small one has a digit more', () => {
  expect(formatPValue(0.00009)).toBe('< 0.0001');
  expect(formatPValue(0.0001)).toBe('0.0001');
  expect(formatPValue(0.0088)).toBe('0.0088');
  expect(formatPValue(0.01)).toBe('0.010');
  expect(formatPValue(0.344)).toBe('0.344');
});

test('an instant is told to the minute, in UTC; what is none stays as it is', () => {
  expect(formatInstant('2026-03-04T10:12:59+01:00')).toBe('2026-03-04 09:12 UTC');
  expect(formatInstant('yesterday')).toBe('yesterday');
});

test('a time is told in seconds, minutes, or hours and minutes', () => {
  const from = '2026-03-04T09:00:00Z';
  const until = (to: string | null) => plain(formatDuration(from, to));
  expect(until('2026-03-04T09:00:00Z')).toBe('0 s');
  expect(until('2026-03-04T09:00:59Z')).toBe('59 s');
  expect(until('2026-03-04T09:01:00Z')).toBe('1 min');
  expect(until('2026-03-04T09:59:00Z')).toBe('59 min');
  expect(until('2026-03-04T10:00:00Z')).toBe('1 h 0 min');
  expect(until('2026-03-04T11:12:00Z')).toBe('2 h 12 min');
  expect(until('2026-03-04T08:59:00Z')).toBe('');
  expect(until(null)).toBe('');
  expect(until('later')).toBe('');
});
