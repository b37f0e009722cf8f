import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SuspectRecord } from '../../../../shared/domain/triage/suspect.ts';
import { findSuspects } from '../../../../shared/domain/triage/suspects.ts';
import { atRandom, byRule, plantErrors, scoreOf } from '../../../helpers/planted-errors.ts';

const never = atRandom(0, 8);

describe('findSuspects', () => {
  test('suspects next to nothing where the judge does not err', () => {
    const { labels, records } = plantErrors({ labels: 8, records: 1_000, judge: never });
    expect(findSuspects({ labels, records }).size).toBeLessThan(15);
  });

  test('says nothing of few judgements, of one label, or of none', () => {
    const planted = plantErrors({ labels: 8, records: 49, judge: atRandom(0.3, 8) });
    expect(findSuspects(planted).size).toBe(0);
    expect(findSuspects({ labels: [], records: planted.records }).size).toBe(0);
    expect(findSuspects({ labels: ['label-000'], records: planted.records }).size).toBe(0);
    expect(findSuspects({ labels: planted.labels, records: [] }).size).toBe(0);
  });

  test.each([0.05, 0.15, 0.3])('finds random errors in a share of %d, and hardly anything else', (share) => {
    const planted = plantErrors({ labels: 8, records: 1_500, judge: atRandom(share, 8) });
    const { recall, precision } = scoreOf(planted, findSuspects(planted));
    expect(recall).toBeGreaterThan(0.85);
    expect(precision).toBeGreaterThan(0.75);
  });

  test('finds errors by a rule, calls them so, and says what the label probably should be', () => {
    const planted = plantErrors({ labels: 8, records: 1_500, judge: byRule(0.2, 8) });
    const suspects = findSuspects(planted);
    const { recall, precision } = scoreOf(planted, suspects);
    expect(recall).toBeGreaterThan(0.85);
    expect(precision).toBeGreaterThan(0.85);
    const found = planted.records.flatMap((record, at) => {
      const suspect = suspects.get(record.traceId);
      return suspect === undefined || record.given === planted.right[at] ? [] : [{ suspect, right: planted.right[at] }];
    });
    const named = found.filter(({ suspect, right }) => suspect.likely === right);
    const asRule = found.filter(({ suspect }) => suspect.kind === 'systematic-relabel');
    expect(named.length / found.length).toBeGreaterThan(0.95);
    expect(asRule.length / found.length).toBeGreaterThan(0.95);
  });

  test('takes no random error for a rule', () => {
    const planted = plantErrors({ labels: 8, records: 1_500, judge: atRandom(0.2, 8) });
    const kinds = [...findSuspects(planted).values()].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'flipped-label').length / kinds.length).toBeGreaterThan(0.95);
  });

  test('finds a rule that the first pass has half learnt, when the second has not', () => {
    const labels = 8;
    const planted = plantErrors({
      labels,
      records: 1_600,
      judge: (right, random) => (right === 0 && random.next() < 0.5 ? 1 : right),
    });
    const records = planted.records.map((record, at): SuspectRecord => {
      const first = [...record.first];
      const [own = 0, other = 0] = first;
      if (planted.right[at] === 'label-000') first.splice(0, 2, 0.55 * (own + other), 0.45 * (own + other));
      return { ...record, first };
    });
    const { recall, precision } = scoreOf(planted, findSuspects({ labels: planted.labels, records }));
    expect(recall).toBeGreaterThan(0.8);
    expect(precision).toBeGreaterThan(0.85);
  });

  test('follows a judge who errs at one time and not at another', () => {
    const wrong = atRandom(0.4, 8);
    const planted = plantErrors({
      labels: 8,
      records: 2_000,
      judge: (right, random, at) => (at < 1_000 ? right : wrong(right, random, at)),
    });
    const suspects = findSuspects(planted);
    expect(scoreOf(planted, suspects).recall).toBeGreaterThan(0.9);
    expect([...suspects.keys()].filter((traceId) => traceId < 'trace-001000').length).toBeLessThan(25);
  });

  test('never suspects what a person judged, whatever models say', () => {
    const planted = plantErrors({ labels: 8, records: 1_000, judge: atRandom(0.3, 8) });
    const records = planted.records.map((record, at) =>
      at % 3 === 0 ? { ...record, judgeKind: 'human' as const } : record,
    );
    const suspects = findSuspects({ labels: planted.labels, records });
    expect(suspects.size).toBeGreaterThan(100);
    expect(records.filter(({ judgeKind, traceId }) => judgeKind === 'human' && suspects.has(traceId))).toEqual([]);
  });

  test('passes over labels that the task does not know', () => {
    const planted = plantErrors({ labels: 8, records: 500, judge: never });
    const records = planted.records.map((record, at) => (at % 10 === 0 ? { ...record, given: 'unheard-of' } : record));
    expect([...findSuspects({ labels: planted.labels, records }).values()].map(({ given }) => given)).not.toContain(
      'unheard-of',
    );
  });

  test('gives its reason in one clause, with what was measured', () => {
    const planted = plantErrors({ labels: 8, records: 1_500, judge: byRule(0.2, 8) });
    for (const { given, likely, strength, reason } of findSuspects(planted).values()) {
      expect(strength).toBeGreaterThanOrEqual(0.3);
      expect(strength).toBeLessThanOrEqual(1);
      expect(likely).not.toBe(given);
      expect(reason).toMatch(
        /^given "label-\d+", wrong with probability [01]\.\d\d and then probably "label-\d+", for which the judge writes it (?:about|less than) (?:once|\d+ times) in \d+ \((?:below )?\d+ %\)$/,
      );
    }
  });

  test('neither the order of records nor that of labels changes anything', () => {
    const planted = plantErrors({ labels: 5, records: 400, judge: atRandom(0.2, 5) });
    const expected = summary(findSuspects(planted));
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...planted.records.keys()], { minLength: planted.records.length }),
        fc.shuffledSubarray([...planted.labels.keys()], { minLength: planted.labels.length }),
        (order, labelOrder) => {
          const of = <T>(values: readonly T[], positions: readonly number[]) =>
            positions.flatMap((at) => values[at] ?? []);
          const records = of(planted.records, order).map((record) => ({
            ...record,
            first: of(record.first, labelOrder),
            second: of(record.second, labelOrder),
          }));
          expect(summary(findSuspects({ labels: of(planted.labels, labelOrder), records }))).toEqual(expected);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('stays within bounds whatever the models say', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    const record = fc.record({
      given: fc.constantFrom('a', 'b', 'c'),
      recorded: fc.constantFrom('a', 'b', 'c', null),
      first: fc.array(probability, { minLength: 3, maxLength: 3 }),
      second: fc.array(probability, { minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(record, { minLength: 50, maxLength: 120 }), (made) => {
        const records = made.map(
          (each, at): SuspectRecord => ({
            ...each,
            traceId: `t${at}`,
            timestamp: '2026-01-01T00:00:00Z',
            judgeKind: 'llm',
          }),
        );
        const found = findSuspects({ labels: ['a', 'b', 'c'], records, from: 0 });
        expect(found.size).toBe(records.length);
        for (const { strength, given, likely } of found.values()) {
          expect(strength >= 0 && strength <= 1).toBe(true);
          expect(likely).not.toBe(given);
        }
        expect(findSuspects({ labels: ['a', 'b', 'c'], records, from: 0 })).toEqual(found);
      }),
      { numRuns: 50 },
    );
  });
});

/** Sums in another order differ in the last digits. */
function summary(suspects: ReturnType<typeof findSuspects>) {
  return [...suspects]
    .map(([traceId, { strength, ...suspect }]) => ({ traceId, ...suspect, strength: strength.toFixed(6) }))
    .sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
}
