import { describe, expect, test } from 'vitest';
import type { Mark } from '../../../../shared/domain/base/task-kind.ts';
import { findSuspectSpans, type SpanRecord } from '../../../../shared/domain/triage/suspect-spans.ts';

const facets = ['city', 'person'];
const input = 'Paris calls Ana today';
const paris = { start: 0, end: 5, facet: 'city' };
const ana = { start: 12, end: 15, facet: 'person' };
const anaAsCity = { ...ana, facet: 'city' };
const today = { start: 16, end: 21, facet: 'city' };
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const keyOf = (marks: readonly Mark[]) => JSON.stringify(marks);

/** What judges make of a text of which models are sure that it names Paris and Ana. */
const ways = {
  right: [paris, ana],
  missing: [paris],
  retyped: [paris, anaAsCity],
  moved: [{ ...paris, end: 11 }, ana],
  inventing: [paris, ana, today],
} as const;
type Way = keyof typeof ways;

/** Records one minute after the other, each with a group of its own. */
function recordsOf(made: readonly Way[], more: Partial<SpanRecord> = {}, from = 0): SpanRecord[] {
  return made.map((way, index) => {
    const given: readonly Mark[] = ways[way];
    const sure = [paris, ana].map((mark) => ({ ...mark, probability: 0.999 }));
    const other = given.filter((mark) => mark !== paris && mark !== ana);
    const likely = [...sure, ...other.map((mark) => ({ ...mark, probability: 1e-6 }))];
    const at = from + index;
    return {
      traceId: `${way}-${at}`,
      groupId: `group-${at}`,
      input,
      given,
      key: keyOf(given),
      judgeKind: 'llm',
      timestamp: new Date(Date.UTC(2026, 0, 1) + 60_000 * at).toISOString(),
      first: likely,
      second: likely,
      ...more,
    };
  });
}
const right = times(200, 'right' as const);
const found = (records: readonly SpanRecord[], more: { readonly from?: number; readonly facets?: string[] } = {}) =>
  findSuspectSpans({ facets, records, ...more });

describe('a judgement about places is suspect', () => {
  test.each<[Way, string, string, string]>([
    [
      'missing',
      'also person "Ana"',
      'lacks person "Ana", which models expect',
      ', and the judge misses "person" about once in 201 (below 1 %)',
    ],
    [
      'retyped',
      'person "Ana"',
      'given city "Ana", where models expect person "Ana"',
      ', and the judge writes that for "person" about once in 201 (below 1 %)',
    ],
    [
      'moved',
      'city "Paris"',
      'given city "Paris calls", where models expect city "Paris"',
      ', and the judge moves a bound of "city" about once in 201 (below 1 %)',
    ],
    ['inventing', 'no city "today"', 'given city "today", where models expect nothing', ''],
  ])('where it is wrong about one, said in plain words: %s', (way, likely, what, habit) => {
    const suspects = found(recordsOf([...right, way]));
    expect([...suspects.keys()]).toEqual([`${way}-200`]);
    const { strength = 0, ...suspect } = suspects.get(`${way}-200`) ?? {};
    expect(strength).toBeGreaterThan(0.5);
    expect(suspect).toEqual({
      kind: 'wrong-span',
      given: keyOf(ways[way]),
      likely,
      reason: `${what}; wrong with probability ${strength.toFixed(2)}${habit}`,
    });
  });

  test.each<Way>(['retyped', 'moved', 'inventing'])('by a rule where the judge does so often: %s', (way) => {
    const suspects = found(recordsOf([...right, ...times(9, way), 'missing']));
    expect(suspects.size).toBe(10);
    expect(suspects.get(`${way}-200`)?.kind).toBe('systematic-span');
    expect(suspects.get('missing-209')?.kind).toBe('wrong-span');
  });

  test('by no rule where near-duplicates are given wrongly, which count as one', () => {
    const copies = recordsOf(times(9, 'retyped' as const), { groupId: 'same' }, 200);
    expect(found([...recordsOf(right), ...copies]).get('retyped-200')?.kind).toBe('wrong-span');
  });

  test('from a probability on that can be chosen, one half by default', () => {
    const likely = [
      { ...paris, probability: 0.99 },
      { ...ana, probability: 0.35 },
    ];
    const records = [
      ...recordsOf([...right, ...times(6, 'missing' as const)]),
      ...recordsOf(['missing'], { traceId: 'unsure', first: likely, second: likely }, 206),
    ];
    const { strength = 0 } = found(records, { from: 0 }).get('unsure') ?? {};
    expect(found(records, { from: strength }).has('unsure')).toBe(true);
    expect(found(records, { from: strength + 1e-9 }).has('unsure')).toBe(false);
    expect(found(records)).toEqual(found(records, { from: 0.5 }));
  });

  test('where 50 are judged by judges alone, of facets that the task knows', () => {
    const few = recordsOf([...right.slice(0, 48), 'retyped']);
    expect(found(few).size).toBe(0);
    expect(found([...few, ...recordsOf(['right'], {}, 49)]).size).toBe(1);
    expect(found([...few, ...recordsOf(times(9, 'right' as const), { judgeKind: 'human' }, 49)]).size).toBe(0);
    const dish = [{ ...paris, facet: 'dish' }, ana];
    expect(found([...few, ...recordsOf(times(9, 'right' as const), { given: dish }, 49)]).size).toBe(0);
  });

  test('of a task that has facets, and no more than 1,000', () => {
    const records = recordsOf([...right, 'missing']);
    const many = (count: number) => [...facets, ...times(count - 2, 0).map((_, at) => `other ${at}`)];
    expect(found(records, { facets: many(10) }).size).toBe(1);
    expect(found(records, { facets: many(1_001) }).size).toBe(0);
    const empty = recordsOf(times(60, 'right' as const), { given: [] });
    expect(found(empty, { facets: [], from: 0 }).size).toBe(0);
  });

  test('never where a person gave it, nor where one found the same in the same text', () => {
    expect(found([...recordsOf(right), ...recordsOf(['missing'], { judgeKind: 'human' }, 200)]).size).toBe(0);
    const records = recordsOf([...right, 'missing']).map((record) => ({
      ...record,
      input: `${input} ${record.traceId}`,
    }));
    const person = (change: Partial<SpanRecord>) =>
      recordsOf(['missing'], { judgeKind: 'human', input: `${input} missing-200`, ...change }, 201);
    expect(found([...records, ...person({})]).size).toBe(0);
    expect(found([...records, ...person({ key: 'another' })]).size).toBe(1);
    expect(found([...records, ...person({ input: 'another' })]).size).toBe(1);
  });

  test('more readily at a time at which many are wrong, in whatever order they come', () => {
    const likely = [
      { ...paris, probability: 0.99 },
      { ...ana, probability: 0.3 },
    ];
    const unsure = (traceId: string, at: number) =>
      recordsOf(['missing'], { traceId, first: likely, second: likely }, at);
    const early = [...recordsOf(times(249, 'right' as const)), ...unsure('early', 249)];
    const late = [
      ...recordsOf([...times(150, 'right' as const), ...times(99, 'missing' as const)], {}, 250),
      ...unsure('late', 499),
    ];
    const suspects = found([...late, ...early], { from: 0 });
    expect(suspects.get('late')?.strength).toBeGreaterThan(2 * (suspects.get('early')?.strength ?? 1));
    expect(new Map([...found([...early, ...late], { from: 0 })].sort())).toEqual(new Map([...suspects].sort()));
  });
});
