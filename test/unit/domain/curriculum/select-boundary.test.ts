import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CurriculumPlan } from '../../../../shared/domain/curriculum/curriculum-plan.ts';
import { planFor } from '../../../../shared/domain/curriculum/curriculum-plan.ts';
import { selectBoundary } from '../../../../shared/domain/curriculum/select-boundary.ts';
import type { UsableRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOf } from '../../../../shared/tasks/classification/label.ts';
import { labelOrNull } from '../../../helpers/outputs.ts';
import { record, traffic } from './records.ts';

const plan = (changes: Partial<CurriculumPlan> = {}): CurriculumPlan => ({
  ...planFor('first'),
  floorPerLabel: 0,
  ...changes,
});
/** A record with this margin, exactly. */
const pass = (traceId: string, label: string, margin: number): UsableRecord => ({
  ...record(traceId, `input ${traceId}`, label),
  confidence: margin,
  runnerUp: null,
});
const select = (
  passes: readonly UsableRecord[],
  changes: Partial<CurriculumPlan> = {},
  failuresByFacet: ReadonlyMap<string, number> = new Map(),
) => {
  const { gold, leftOut } = selectBoundary({ passes, failuresByFacet, plan: plan(changes), kind: classification });
  const why = gold.map(({ provenance }) => (provenance.kind === 'trace' ? provenance.why : ''));
  const traces = gold.map(({ provenance }) => (provenance.kind === 'trace' ? provenance.traceId : ''));
  return { gold, leftOut, why, traces };
};

describe('selectBoundary', () => {
  test('takes close decisions first, then ids in order, and counts places', () => {
    const { gold, traces } = select([
      pass('3', 'a', 0.9),
      pass('2', 'a', 0.5),
      pass('1', 'a', 0.9),
      pass('0', 'b', 0.7),
    ]);
    expect(traces).toEqual(['2', '0', '1', '3']);
    expect(gold.map(({ rank }) => rank)).toEqual([0, 1, 2, 3]);
    expect(gold.every(({ provenance }) => 'clusterId' in provenance && provenance.clusterId === null)).toBe(true);
  });

  test('counts a label in need as half a margin closer, once, and says what made each worth taking', () => {
    const passes = [
      pass('1', 'fails', 0.95),
      pass('2', 'fine', 0.4),
      pass('3', 'fine', 0.5),
      pass('4', 'fails', 0.2),
      pass('5', 'fine', 0.3),
      pass('6', 'fine', 0.29),
    ];
    const { traces, why } = select(
      passes,
      {},
      new Map([
        ['fails', 1],
        ['fine', 0],
      ]),
    );
    expect(traces).toEqual(['4', '6', '5', '2', '1', '3']);
    expect(why).toEqual([
      'judged right, close decision',
      'judged right, close decision',
      'judged right',
      'judged right',
      'judged right, its label fails',
      'judged right',
    ]);
  });

  test('calls a label one of few examples up to its floor', () => {
    const passes = [
      pass('1', 'few', 0.9),
      pass('2', 'few', 0.9),
      ...['3', '4', '5'].map((id) => pass(id, 'more', 0.6)),
    ];
    expect(select(passes, { floorPerLabel: 2 }).why.filter((why) => why.endsWith('few examples'))).toHaveLength(2);
    expect(select(passes, { floorPerLabel: 1 }).why.filter((why) => why.endsWith('few examples'))).toHaveLength(0);
    expect(select(passes, { floorPerLabel: 2 }).traces).toEqual(['1', '2', '3', '4', '5']);
    expect(select(passes, { floorPerLabel: 1 }).traces).toEqual(['3', '1', '4', '5', '2']);
  });

  test('takes a part rounded up, no more than its limit, and says how many it leaves out', () => {
    const passes = traffic(['a', 'b'], 11, 0);
    expect(select(passes, { boundaryPart: 0.5 })).toMatchObject({ leftOut: 5, gold: { length: 6 } });
    expect(select(passes, { maxBoundary: 4 })).toMatchObject({ leftOut: 7, gold: { length: 4 } });
    expect(select(passes, { boundaryPart: 0.1, maxBoundary: 4 })).toMatchObject({ leftOut: 9, gold: { length: 2 } });
  });

  test('passes over what failed', () => {
    expect(select([...traffic(['a', 'b'], 6, 4)]).gold).toHaveLength(2);
  });

  test('gives every label its floor before any label gets more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 100 })), { maxLength: 40 }),
        fc.nat(4),
        fc.nat(40),
        (drawn, floorPerLabel, maxBoundary) => {
          const passes = drawn.map(([label, margin], at) => pass(`t${at}`, label, margin / 100));
          const { gold, leftOut } = select(passes, { floorPerLabel, maxBoundary });
          expect(gold.length + leftOut).toBe(passes.length);
          expect(gold).toHaveLength(Math.min(maxBoundary, passes.length));
          const labels = ['a', 'b', 'c'].map((label) => ({
            all: passes.filter(({ expected }) => labelOf(expected) === label).length,
            taken: gold.filter(({ output }) => labelOrNull(output) === label).length,
          }));
          const floors = labels.reduce((sum, { all }) => sum + Math.min(all, floorPerLabel), 0);
          if (maxBoundary < floors) return;
          for (const { all, taken } of labels) expect(taken).toBeGreaterThanOrEqual(Math.min(all, floorPerLabel));
        },
      ),
    );
  });
});
