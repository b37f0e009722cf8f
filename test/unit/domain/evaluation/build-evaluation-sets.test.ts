import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyCorrections,
  buildEvaluationSets,
  type HeldOutRecord,
  pool,
} from '../../../../shared/domain/evaluation/build-evaluation-sets.ts';
import type { EvaluationItem } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import type { SidedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { labelOrNull } from '../../../helpers/outputs.ts';

function record(traceId: string, side: SidedRecord['side'], expected: string, verdict: 'pass' | 'fail'): HeldOutRecord {
  return {
    traceId,
    timestamp: '2026-01-01T00:00:00Z',
    input: `input of ${traceId}`,
    slice: null,
    steps: null,
    recorded: labelOutput(expected),
    judgement: null,
    answer: verdict === 'pass' ? labelOutput(expected) : null,
    confidence: 1,
    runnerUp: null,
    verdict,
    expected: labelOutput(expected),
    judgedBy: null,
    triage: { category: 'clean', kind: 'none', reason: '' },
    side,
  };
}

const item = (exampleId: string, expected: string, right: boolean): EvaluationItem => ({
  exampleId,
  input: `input of ${exampleId}`,
  expected: labelOutput(expected),
  right,
});

const records = fc
  .array(
    fc.tuple(
      fc.constantFrom<SidedRecord['side']>('train', 'validation', 'test', 'none'),
      fc.constantFrom('a', 'a', 'a', 'b', 'c', '1'),
      fc.constantFrom<'pass' | 'fail'>('pass', 'pass', 'fail'),
    ),
    {
      maxLength: 120,
    },
  )
  .map((drawn) => drawn.map(([side, expected, verdict], index) => record(`trace-${index}`, side, expected, verdict)));

describe('buildEvaluationSets', () => {
  it('holds all traffic of the side, its failing part, and its passes up to the limit', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 40 }), (all, regressionSetLimit) => {
        const sets = buildEvaluationSets(all, { regressionSetLimit }, 'salt', classification);
        for (const [side, traffic, failure, regression] of [
          ['validation', 'traffic-validation', 'failure-validation', 'regression'],
          ['test', 'traffic-test', 'failure-test', 'regression-test'],
        ] as const) {
          const ofSide = all.filter((one) => one.side === side);
          const passes = ofSide.filter((one) => one.verdict === 'pass');
          expect(new Set(sets[traffic].map((one) => one.exampleId))).toEqual(new Set(ofSide.map((one) => one.traceId)));
          expect(sets[traffic].filter((one) => one.right)).toHaveLength(passes.length);
          expect(sets[failure]).toEqual(sets[traffic].filter((one) => !one.right));
          expect(sets[regression]).toHaveLength(Math.min(regressionSetLimit, passes.length));
          expect(sets[regression].every((one) => one.right)).toBe(true);
          expect(sets[traffic]).toEqual(expect.arrayContaining([...sets[regression]]));
        }
      }),
    );
  });

  it('stratifies the regression set: every label while there is room, and shares in proportion', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 60 }),
        (sizes, regressionSetLimit) => {
          const all = sizes.flatMap((size, label) =>
            Array.from({ length: size }, (_, index) =>
              record(`${label}-${index}`, 'validation', `label ${label}`, 'pass'),
            ),
          );
          const { regression } = buildEvaluationSets(all, { regressionSetLimit }, 'salt', classification);
          const counts = sizes.map(
            (_, label) => regression.filter((one) => labelOrNull(one.expected) === `label ${label}`).length,
          );
          const places = Math.min(regressionSetLimit, all.length);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(places);
          sizes.forEach((size, label) => {
            const count = counts[label] ?? 0;
            if (places >= sizes.length) expect(count).toBeGreaterThanOrEqual(1);
            expect(count).toBeLessThanOrEqual(size);
            if (places < sizes.length) return;
            expect(Math.abs(count - (places * size) / all.length)).toBeLessThan(1 + sizes.length);
            sizes.forEach((other, index) => {
              if (other < size) expect(counts[index] ?? 0).toBeLessThanOrEqual(count);
            });
          });
        },
      ),
    );
  });

  it('shares 10 places among 60, 30 and 1 passes as 6, 3 and 1', () => {
    const all = [60, 30, 1].flatMap((size, label) =>
      Array.from({ length: size }, (_, index) => record(`${label}-${index}`, 'validation', `${label}`, 'pass')),
    );
    const { regression } = buildEvaluationSets(all, { regressionSetLimit: 10 }, 'salt', classification);
    expect(
      ['0', '1', '2'].map((label) => regression.filter((one) => labelOrNull(one.expected) === label).length),
    ).toEqual([6, 3, 1]);
  });

  const passesOf = (sizes: Readonly<Record<string, number>>): HeldOutRecord[] =>
    Object.entries(sizes).flatMap(([label, size]) =>
      Array.from({ length: size }, (_, index) => record(`${label}-${index}`, 'validation', label, 'pass')),
    );
  const countsOf = (all: readonly HeldOutRecord[], regressionSetLimit: number): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { expected } of buildEvaluationSets(all, { regressionSetLimit }, 'salt', classification).regression)
      counts[labelOf(expected)] = (counts[labelOf(expected)] ?? 0) + 1;
    return counts;
  };

  it('gives a place left over to the label with the largest remainder, among equals the larger, then the first', () => {
    expect(countsOf(passesOf({ a: 7, b: 5, c: 3 }), 7)).toEqual({ a: 3, b: 2, c: 2 });
    expect(countsOf(passesOf({ a: 3, b: 3 }), 3)).toEqual({ a: 2, b: 1 });
    expect(countsOf(passesOf({ b: 3, a: 3 }), 3)).toEqual({ a: 2, b: 1 });
    expect(countsOf(passesOf({ b: 3, a: 4, c: 2 }), 6)).toEqual({ a: 3, b: 2, c: 1 });
  });

  it('gives places that are fewer than the labels to the largest of them', () => {
    expect(countsOf(passesOf({ a: 1, b: 2, c: 9 }), 2)).toEqual({ b: 1, c: 1 });
    expect(countsOf(passesOf({ a: 2, b: 2, c: 1 }), 1)).toEqual({ a: 1 });
    expect(countsOf(passesOf({ b: 2, a: 2, c: 1 }), 1)).toEqual({ a: 1 });
    expect(countsOf(passesOf({ a: 1, b: 1 }), 2)).toEqual({ a: 1, b: 1 });
  });

  it('sorts every set by id, whatever the order of the records', () => {
    fc.assert(
      fc.property(
        records.chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
        fc.integer({ min: 1, max: 20 }),
        (all, regressionSetLimit) => {
          for (const items of Object.values(buildEvaluationSets(all, { regressionSetLimit }, 'salt', classification))) {
            const exampleIds = items.map((one) => one.exampleId);
            expect(exampleIds).toEqual([...exampleIds].sort());
          }
        },
      ),
    );
  });

  it('stays put as traffic grows: what is chosen among more was chosen among fewer', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.integer({ min: 1, max: 30 }), (before, more, regressionSetLimit) => {
        const all = Array.from({ length: before + more }, (_, index) => record(`trace-${index}`, 'test', 'a', 'pass'));
        const chosen = (given: readonly HeldOutRecord[]): string[] =>
          buildEvaluationSets(given, { regressionSetLimit }, 'salt', classification)['regression-test'].map(
            (one) => one.exampleId,
          );
        const old = all.slice(0, before);
        const known = new Set(old.map((one) => one.traceId));
        expect(chosen(old)).toEqual(expect.arrayContaining(chosen(all).filter((id) => known.has(id))));
      }),
    );
  });

  it('chooses by the salt and not by the order of the records', () => {
    const all = Array.from({ length: 100 }, (_, index) => record(`trace-${index}`, 'test', 'a', 'pass'));
    const chosen = (given: readonly HeldOutRecord[], salt: string): unknown =>
      buildEvaluationSets(given, { regressionSetLimit: 10 }, salt, classification)['regression-test'];
    expect(chosen([...all].reverse(), 'salt')).toEqual(chosen(all, 'salt'));
    expect(chosen(all, 'another')).not.toEqual(chosen(all, 'salt'));
  });
});

describe('applyCorrections', () => {
  const items = [item('1', 'a', true), item('2', 'a', false), item('3', 'b', true)];

  it('changes corrected items only, and counts them as wrong', () => {
    expect(applyCorrections(items, new Map([['3', labelOutput('a')]]), classification)).toEqual([
      items[0],
      items[1],
      item('3', 'a', false),
    ]);
  });

  it('makes no new version when nothing changes', () => {
    expect(
      applyCorrections(
        items,
        new Map([
          ['1', labelOutput('a')],
          ['elsewhere', labelOutput('b')],
        ]),
        classification,
      ),
    ).toBeNull();
    expect(applyCorrections(items, new Map(), classification)).toBeNull();
  });
});

describe('pool', () => {
  it('is the union by id; the later right output stands', () => {
    expect(
      pool(
        [
          [item('2', 'a', false), item('1', 'a', true)],
          [item('2', 'b', true), item('3', 'c', false)],
        ],
        classification,
      ),
    ).toEqual([item('1', 'a', true), item('2', 'b', true), item('3', 'c', false)]);
  });

  it('keeps on record what any of the sets had right', () => {
    expect(pool([[item('1', 'a', true)], [item('1', 'a', false)], [item('1', 'a', false)]], classification)).toEqual([
      item('1', 'a', true),
    ]);
  });

  it('forgets a right answer to what was corrected since', () => {
    expect(pool([[item('1', 'a', true)], [item('1', 'b', false)]], classification)).toEqual([item('1', 'b', false)]);
  });
});
