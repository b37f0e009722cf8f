import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationItem } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import { applyCorrections, pool } from '../../../../shared/domain/evaluation/frozen-records.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const item = (exampleId: string, expected: string, right: boolean): EvaluationItem => ({
  exampleId,
  input: `input of ${exampleId}`,
  expected: labelOutput(expected),
  right,
});

const sets = fc.array(
  fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('a', 'b'), fc.boolean()), {
    selector: ([id]) => id,
  }),
  { maxLength: 5 },
);

describe('applyCorrections', () => {
  const items = [item('1', 'a', true), item('2', 'a', false), item('3', 'b', true)];

  it('changes corrected items only, and counts them as wrong', () => {
    expect(applyCorrections(items, new Map([['3', labelOutput('a')]]), classification)).toEqual([
      items[0],
      items[1],
      item('3', 'a', false),
    ]);
  });

  it('leaves nothing of what was right in part of a corrected item', () => {
    const partly = { ...item('1', 'a', false), credit: 0.7 };
    expect(applyCorrections([partly], new Map([['1', labelOutput('b')]]), classification)).toEqual([
      { ...item('1', 'b', false), credit: 0 },
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

  it('keeps on record the most of an answer that any of the sets had right, where the last says how much', () => {
    const partly = (credit: number, expected = 'a'): EvaluationItem => ({ ...item('1', expected, false), credit });
    expect(pool([[partly(0.7)], [partly(0.4)]], classification)).toEqual([partly(0.7)]);
    expect(pool([[partly(0.7, 'b')], [partly(0.4)]], classification)).toEqual([partly(0.4)]);
    expect(pool([[item('1', 'a', true)], [partly(0.4)]], classification)).toEqual([{ ...partly(1), right: true }]);
    expect(pool([[partly(0.7)], [item('1', 'a', false)]], classification)).toEqual([item('1', 'a', false)]);
  });

  it('forgets a right answer to what was corrected since', () => {
    expect(pool([[item('1', 'a', true)], [item('1', 'b', false)]], classification)).toEqual([item('1', 'b', false)]);
  });

  it('has every example once, by id, and right where a set says so for the right output that stands', () => {
    fc.assert(
      fc.property(sets, (drawn) => {
        const given = drawn.map((set) => set.map(([id, expected, right]) => item(String(id), expected, right)));
        const pooled = pool(given, classification);
        const ids = given.flat().map(({ exampleId }) => exampleId);
        expect(pooled.map(({ exampleId }) => exampleId)).toEqual([...new Set(ids)].sort());
        for (const { exampleId, expected, right } of pooled) {
          const all = given.flat().filter((one) => one.exampleId === exampleId);
          expect(expected).toEqual(all.at(-1)?.expected);
          // What was right for an output that was corrected and then corrected back is forgotten.
          const since = all.slice(all.findLastIndex((one) => one.expected !== expected) + 1);
          expect(right).toBe(since.some((one) => one.right));
        }
        expect(pool([pooled, pooled], classification)).toEqual(pooled);
      }),
    );
  });
});
