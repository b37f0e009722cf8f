import { describe, expect, test } from 'vitest';
import { findSuspectSpans } from '../../../../shared/domain/triage/suspect-spans.ts';
import {
  facets,
  markAt,
  plantSpans,
  type SpanJudging,
  scoreOfSpans,
  spansAtRandom,
  spansByRule,
} from '../../../helpers/planted-spans.ts';

const never: SpanJudging = (right) => right;

describe('findSuspectSpans', () => {
  test('suspects next to nothing where the judge does not err', () => {
    const planted = plantSpans({ records: 1_000, judge: never });
    expect(findSuspectSpans(planted).size).toBeLessThan(10);
  });

  test.each([0.1, 0.25])('finds random errors in a share of %d, and hardly anything else', (share) => {
    const planted = plantSpans({ records: 1_500, judge: spansAtRandom(share) });
    const { recall, precision } = scoreOfSpans(planted, findSuspectSpans(planted));
    expect(precision).toBeGreaterThan(0.85);
    expect(recall).toBeGreaterThan(0.7);
  });

  test('finds a judge who errs the same way with a type, and calls it so', () => {
    const planted = plantSpans({ records: 1_500, judge: spansByRule(0.4, 'city', 'person'), knowing: 0.99 });
    const suspects = findSuspectSpans(planted);
    const { recall, precision } = scoreOfSpans(planted, suspects);
    expect(precision).toBeGreaterThan(0.9);
    expect(recall).toBeGreaterThan(0.8);
    const kinds = [...suspects.values()].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'systematic-span').length / kinds.length).toBeGreaterThan(0.9);
  });

  test('takes no random error for a rule', () => {
    const planted = plantSpans({ records: 1_500, judge: spansAtRandom(0.25) });
    const kinds = [...findSuspectSpans(planted).values()].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'wrong-span').length / kinds.length).toBeGreaterThan(0.95);
  });

  test('finds what is invented in texts that name nothing', () => {
    const judge: SpanJudging = (right, random) =>
      right.length === 0 && random.next() < 0.3 ? [markAt(random.below(11), 'dish', 1)] : right;
    const planted = plantSpans({ records: 1_500, judge, knowing: 0.99 });
    const { recall, precision } = scoreOfSpans(planted, findSuspectSpans(planted));
    expect(precision).toBeGreaterThan(0.85);
    expect(recall).toBeGreaterThan(0.8);
  });

  test('holds little against judgements where models know little', () => {
    const planted = plantSpans({ records: 1_500, judge: spansAtRandom(0.1), knowing: 0.55 });
    expect(findSuspectSpans(planted).size).toBeLessThan(planted.wrong.size / 2);
  });

  test('does not suspect what a person found of the very same text', () => {
    const planted = plantSpans({ records: 1_500, judge: spansAtRandom(0.1) });
    const suspects = findSuspectSpans(planted);
    const [first = '', second = ''] = suspects.keys();
    const byPerson = (traceId: string, change: object) =>
      planted.records
        .filter((record) => record.traceId === traceId)
        .map((record) => ({ ...record, traceId: `${traceId}-person`, judgeKind: 'human' as const, ...change }));
    const records = [...planted.records, ...byPerson(first, {}), ...byPerson(second, { key: 'something else' })];
    const left = findSuspectSpans({ ...planted, records });
    expect([left.has(first), left.has(second)]).toEqual([false, true]);
    expect(left.size).toBe(suspects.size - 1);
  });

  test('never suspects what a person judged, nor learns from it how judges err', () => {
    const people = plantSpans({ records: 500, judge: spansAtRandom(0.5), judgeKind: 'human' });
    expect(findSuspectSpans(people).size).toBe(0);
    const judges = plantSpans({ records: 500, judge: spansAtRandom(0.2) });
    const apart = people.records.map((one) => ({ ...one, traceId: `p-${one.traceId}`, input: `${one.input} too` }));
    const together = findSuspectSpans({ facets, records: [...judges.records, ...apart] });
    expect(together).toEqual(findSuspectSpans(judges));
  });

  test('says nothing of few judgements, nor of none, nor without facets', () => {
    const planted = plantSpans({ records: 49, judge: spansAtRandom(0.5) });
    expect(findSuspectSpans(planted).size).toBe(0);
    expect(findSuspectSpans({ facets, records: [] }).size).toBe(0);
    const many = plantSpans({ records: 500, judge: spansAtRandom(0.5) });
    expect(findSuspectSpans({ ...many, facets: [] }).size).toBe(0);
  });

  test('does not hang on the order in which records come', () => {
    const planted = plantSpans({ records: 400, judge: spansAtRandom(0.2) });
    const turned = findSuspectSpans({ ...planted, records: planted.records.toReversed() });
    expect(new Map([...turned].sort())).toEqual(new Map([...findSuspectSpans(planted)].sort()));
  });

  test('says in plain words what is wrong and what is probably right', () => {
    const { records } = plantSpans({ records: 800, judge: never });
    const [first] = records;
    if (first === undefined) throw new Error('there is no record');
    const city = markAt(2, 'city', 1);
    const sure = [{ ...city, probability: 0.999 }];
    const about = (traceId: string, given: typeof first.given, weighed = sure) => ({
      ...first,
      traceId,
      groupId: traceId,
      given,
      first: weighed,
      second: weighed,
    });
    const person = { ...city, facet: 'person' };
    const long = markAt(2, 'city', 2);
    const unlikely = (mark: typeof city, probability = 1e-6) => [...sure, { ...mark, probability }];
    const suspects = findSuspectSpans({
      facets,
      records: [
        ...records,
        about('missed', []),
        about('retyped', [person], unlikely(person)),
        about('moved', [long], unlikely(long)),
        about('invented', [markAt(5, 'dish', 1)], [{ ...markAt(5, 'dish', 1), probability: 1e-12 }]),
      ],
    });
    const said = (traceId: string) => [suspects.get(traceId)?.likely, suspects.get(traceId)?.reason.split(';')[0]];
    expect(said('missed')).toEqual(['also city "w00x2"', 'lacks city "w00x2", which models expect']);
    expect(said('retyped')).toEqual(['city "w00x2"', 'given person "w00x2", where models expect city "w00x2"']);
    expect(said('moved')).toEqual(['city "w00x2"', 'given city "w00x2 w00x3", where models expect city "w00x2"']);
    expect(said('invented')).toEqual(['no dish "w00x5"', 'given dish "w00x5", where models expect nothing']);
  });
});
