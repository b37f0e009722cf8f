import { describe, expect, test } from 'vitest';
import type { SuspectRecord } from '../../../../shared/domain/triage/suspect.ts';
import { findSuspects } from '../../../../shared/domain/triage/suspects.ts';

const labels = ['a', 'b', 'c'];
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** Records that models are sure of, each written as the right label and the given one: `ab` is a, given as b. */
function recordsOf(pairs: readonly string[], more: Partial<SuspectRecord> = {}): SuspectRecord[] {
  return pairs.map(([right = '', given = ''], at) => {
    const first = labels.map((label) => (label === right ? 0.98 : 0.01));
    return {
      traceId: `${right}${given}-${at}`,
      given,
      judgeKind: 'llm',
      recorded: given,
      timestamp: new Date(Date.UTC(2026, 0, 1) + 60_000 * at).toISOString(),
      first,
      second: first,
      ...more,
    };
  });
}

const right = [...times(20, 'aa'), ...times(20, 'bb'), ...times(20, 'cc')];
const found = (records: readonly SuspectRecord[], more: { readonly from?: number; readonly labels?: string[] } = {}) =>
  findSuspects({ labels, records, ...more });

describe('a given label is suspect', () => {
  test('where models are sure of another, by name and with what the judge does', () => {
    const suspects = found(recordsOf([...right, 'ab', 'bc']));
    expect([...suspects.keys()].sort()).toEqual(['ab-60', 'bc-61']);
    expect(suspects.get('ab-60')).toMatchObject({ kind: 'flipped-label', given: 'b', likely: 'a' });
    expect(suspects.get('ab-60')?.strength).toBeGreaterThan(0.9);
    expect(suspects.get('ab-60')?.reason).toMatch(
      /^given "b", wrong with probability (?:0\.9\d|1\.00) and then probably "a", for which the judge writes it /,
    );
  });

  test('by a rule where the judge does so often', () => {
    const suspects = found(recordsOf([...right, ...times(6, 'ab'), 'bc']));
    expect(suspects.size).toBe(7);
    expect(suspects.get('ab-60')?.kind).toBe('systematic-relabel');
    expect(suspects.get('bc-66')).toMatchObject({ kind: 'flipped-label', given: 'c', likely: 'b' });
  });

  test('from a probability on that can be chosen', () => {
    const half = { ...recordsOf(['ab'])[0], first: [0.45, 0.54, 0.01], second: [0.45, 0.54, 0.01] } as SuspectRecord;
    const records = [...recordsOf(right), { ...half, traceId: 'half' }];
    expect(found(records, { from: 0 }).size).toBe(61);
    expect(found(records).has('half')).toBe(false);
    const { strength = 0 } = found(records, { from: 0 }).get('half') ?? {};
    expect(found(records, { from: strength }).has('half')).toBe(true);
    expect(found(records, { from: strength + 1e-9 }).has('half')).toBe(false);
  });

  test('where 50 are judged by judges alone', () => {
    const few = recordsOf([...right.slice(0, 48), 'ab']);
    expect(found(few).size).toBe(0);
    expect(found([...few, ...recordsOf(['cc'], { traceId: 'one more' })]).size).toBe(1);
    expect(found([...few, ...recordsOf(times(9, 'cc'), { judgeKind: 'human' })]).size).toBe(0);
  });

  test('never where a person gave it, or it is none of the task’s', () => {
    const made = [...recordsOf(right), ...recordsOf(['ab'], { judgeKind: 'human' }), ...recordsOf(['ad'])];
    expect(found(made).size).toBe(0);
    expect(found(made, { from: 0 }).size).toBe(60);
  });

  test('of a task of two labels and more, and of no more than 2,000', () => {
    const records = recordsOf([...right, 'ab']);
    const many = (count: number) => [...labels, ...times(count - 3, 0).map((_, at) => `other ${at}`)];
    expect(found(recordsOf(times(60, 'bb')), { labels: ['b'], from: 0 }).size).toBe(0);
    expect(found(recordsOf([...right, ...right, 'ab']), { labels: ['a', 'b'] }).size).toBe(1);
    expect(found(records, { labels: many(2_001) }).size).toBe(0);
  });

  test('more readily in corrections, where corrections are wrong more often', () => {
    const unsure = { first: [0.3, 0.69, 0.01], second: [0.3, 0.69, 0.01] };
    const corrections = recordsOf([...times(10, 'bb'), ...times(10, 'ab')], { recorded: 'c' });
    const records = [
      ...recordsOf([...right, ...right]),
      ...corrections,
      ...recordsOf(['bb'], { ...unsure, traceId: 'pass' }),
      ...recordsOf(['bb'], { ...unsure, traceId: 'correction', recorded: 'c' }),
    ];
    const suspects = found(records, { from: 0 });
    expect(suspects.get('correction')?.strength).toBeGreaterThan(2 * (suspects.get('pass')?.strength ?? 1));
  });

  test('less readily in corrections of what models find likely: that is why they were corrected', () => {
    const unsure = { first: [0.69, 0.3, 0.01], second: [0.69, 0.3, 0.01] };
    const corrected = (recorded: string | null) =>
      recordsOf(['ab'], { ...unsure, recorded, traceId: `from ${recorded}` });
    const records = [...recordsOf([...right, ...right]), ...['a', 'c', 'unheard of', null].flatMap(corrected)];
    const suspects = found(records, { from: 0 });
    const [likely = 1, other = 0, unknown, none] = ['a', 'c', 'unheard of', null].map(
      (recorded) => suspects.get(`from ${recorded}`)?.strength,
    );
    expect(likely).toBeLessThan(other / 2);
    expect(unknown).toBe(none);
    expect(unknown).not.toBe(other);
    expect(unknown).toBeGreaterThan(2 * likely);
  });

  test('as readily at the end as at the beginning of a time that is too short to tell two apart', () => {
    const unsure = { first: [0.3, 0.69, 0.01], second: [0.3, 0.69, 0.01] };
    const minutes = (made: readonly SuspectRecord[]) =>
      made.map((record, index) => ({ ...record, timestamp: new Date(60_000 * index).toISOString() }));
    const records = minutes([
      ...recordsOf(['bb'], { ...unsure, traceId: 'first' }),
      ...recordsOf([...times(250, 'cc'), ...times(10, 'ab')]),
      ...recordsOf(['bb'], { ...unsure, traceId: 'last' }),
    ]);
    const suspects = found(records, { from: 0 });
    expect(suspects.get('last')?.strength).toBe(suspects.get('first')?.strength);
  });

  test('more readily at a time at which many are wrong', () => {
    const unsure = { first: [0.3, 0.69, 0.01], second: [0.3, 0.69, 0.01] };
    const at = (from: number, pairs: readonly string[], more: Partial<SuspectRecord> = {}) =>
      recordsOf(pairs, more).map((record, index) => ({
        ...record,
        traceId: `${record.traceId} ${from}`,
        timestamp: new Date(Date.UTC(2026, 0, 1) + 60_000 * (from + index)).toISOString(),
      }));
    const early = [...at(0, times(249, 'cc')), ...at(249, ['bb'], { ...unsure, traceId: 'early' })];
    const late = [
      ...at(250, [...times(150, 'bb'), ...times(99, 'ab')]),
      ...at(499, ['bb'], { ...unsure, traceId: 'late' }),
    ];
    const inTurn = late.flatMap((record, at) => [record, early[at] ?? record]);
    const suspects = found(inTurn, { from: 0 });
    expect(suspects.get('late 499')?.strength).toBeGreaterThan(2 * (suspects.get('early 249')?.strength ?? 1));
  });
});
