import { describe, expect, test } from 'vitest';
import { NativeKinds, type Sighting } from '../../../../shared/domain/triage/native-kinds.ts';

const seen = (kind: string, count: number, ...labels: readonly string[]): Sighting[] =>
  Array.from({ length: count }, () => ({ kind, labels }));
const isOrdinary = (kind: string, count: number, records: number) =>
  new NativeKinds(seen(kind, count), records, new Map()).has(kind, []);
const isOrdinaryUnder = (kind: string, count: number, size: number) =>
  new NativeKinds(seen(kind, count, 'a'), 10_000, new Map([['a', size]])).has(kind, ['a']);

describe('a kind is ordinary', () => {
  test('for a whole traffic where more than 15 % of it shows it', () => {
    expect([isOrdinary('html', 15, 100), isOrdinary('html', 16, 100)]).toEqual([false, true]);
  });

  test('but what is harm, and no subject, only above 40 %', () => {
    for (const kind of ['prompt-injection', 'jailbreak', 'gibberish', 'off-domain'])
      expect([isOrdinary(kind, 40, 100), isOrdinary(kind, 41, 100)]).toEqual([false, true]);
  });

  test('in 20 records at least', () => {
    expect([isOrdinary('html', 19, 19), isOrdinary('html', 20, 20)]).toEqual([false, true]);
  });

  test('under a label of which surely more than a tenth shows it', () => {
    expect([isOrdinaryUnder('html', 5, 20), isOrdinaryUnder('html', 5, 15)]).toEqual([true, true]);
    expect(isOrdinaryUnder('html', 5, 40)).toBe(false);
    expect([isOrdinaryUnder('html', 4, 4), isOrdinaryUnder('html', 5, 5)]).toEqual([false, true]);
  });

  test('under a label of which surely more than half shows it, where it is harm', () => {
    expect([isOrdinaryUnder('jailbreak', 6, 8), isOrdinaryUnder('jailbreak', 12, 14)]).toEqual([false, true]);
  });

  test('under no other label, and no other kind under that label', () => {
    const native = new NativeKinds(
      seen('html', 9, 'a', 'b'),
      10_000,
      new Map([
        ['a', 10],
        ['b', 500],
      ]),
    );
    expect(native.has('html', ['a'])).toBe(true);
    expect(native.has('html', ['c', 'a'])).toBe(true);
    expect(native.has('html', ['b'])).toBe(false);
    expect(native.has('html', ['c'])).toBe(false);
    expect(native.has('html', [])).toBe(false);
    expect(native.has('slang', ['a'])).toBe(false);
  });

  test('under the labels of the first examples that show it', () => {
    const native = new NativeKinds([], 0, new Map(), [{ kind: 'meta-question', labels: ['about', 'hello'] }]);
    expect(native.has('meta-question', ['about'])).toBe(true);
    expect(native.has('meta-question', ['hello'])).toBe(true);
    expect(native.has('meta-question', ['refund'])).toBe(false);
  });

  test('never where there is nothing to learn from it', () => {
    for (const kind of ['empty', 'unreadable']) {
      expect(isOrdinary(kind, 100, 100)).toBe(false);
      expect(isOrdinaryUnder(kind, 100, 100)).toBe(false);
    }
  });
});
