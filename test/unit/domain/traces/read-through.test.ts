import { describe, expect, test } from 'vitest';
import type { LabelChange } from '../../../../shared/domain/base/label-change.ts';
import type { Judgement } from '../../../../shared/domain/traces/judgement.ts';
import { readThrough } from '../../../../shared/domain/traces/read-through.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const judgement = (change: Partial<Omit<Judgement, 'expected'>> & { expected?: string }): Judgement => {
  const { expected, ...rest } = change;
  return {
    judgementId: 'j1',
    traceId: 't1',
    verdict: 'fail',
    judge: { kind: 'human', id: 'ana', reason: '' },
    judgedAt: '2026-01-01T00:00:00Z',
    ...(expected === undefined ? {} : { expected: labelOutput(expected) }),
    ...rest,
  };
};

const read = (output: string | null, judgements: readonly Judgement[], ...changes: readonly LabelChange[]) => {
  const trace = {
    traceId: 't1',
    timestamp: '2026-01-01T00:00:00Z',
    modelId: 'm1',
    input: 'where is it',
    output: output === null ? null : labelOutput(output),
  };
  const reading = changes.length === 0 ? null : (classification.relabelling?.reading(changes) ?? null);
  return readThrough({ trace, judgements }, classification, reading);
};

const rename: LabelChange = { how: 'rename', from: 'delivery', to: 'shipping' };
const merge: LabelChange = { how: 'merge', labels: ['delivery', 'refund'], aliases: [], into: 'order' };
const split: LabelChange = { how: 'split', from: 'delivery', into: ['parcel', 'letter'] };

describe('a trace of before', () => {
  test('stays as it is where labels never changed', () => {
    const judgements = [judgement({ expected: 'refund' })];
    const { trace, judgements: now, leftOpen } = read('delivery', judgements);
    expect([trace.output, now, leftOpen]).toEqual(['delivery', judgements, []]);
  });

  test('has the new name in answer and correction after a rename', () => {
    const { trace, judgements, leftOpen } = read('delivery', [judgement({ expected: 'delivery' })], rename);
    expect(trace.output).toBe('shipping');
    expect(judgements[0]?.expected).toBe('shipping');
    expect(leftOpen).toEqual([]);
  });

  test('passes since a merge that made its answer and its correction one', () => {
    const { judgements } = read('delivery', [judgement({ expected: 'refund' })], merge);
    expect(judgements).toEqual([judgement({ expected: 'order', verdict: 'pass' })]);
  });

  test('still fails where its correction is another label than those merged', () => {
    const { judgements } = read('delivery', [judgement({ expected: 'billing' })], merge);
    expect(judgements).toEqual([judgement({ expected: 'billing' })]);
  });

  test('is left open by a merge where it is only known that the answer was wrong, for it may be right now', () => {
    const wrong = judgement({});
    expect(read('delivery', [wrong], merge)).toMatchObject({ judgements: [], leftOpen: [wrong] });
    expect(read('billing', [wrong], merge)).toMatchObject({ judgements: [wrong], leftOpen: [] });
    expect(read('delivery', [wrong], rename)).toMatchObject({ judgements: [wrong], leftOpen: [] });
  });

  test('is left open by a split of its right label, be it corrected to it or passed', () => {
    const corrected = judgement({ expected: 'delivery' });
    const passed = judgement({ verdict: 'pass' });
    expect(read('billing', [corrected], split)).toMatchObject({ judgements: [], leftOpen: [corrected] });
    expect(read('delivery', [passed], split)).toMatchObject({ judgements: [], leftOpen: [passed] });
    expect(read('delivery', [passed], split).trace.output).toBeNull();
  });

  test('counts after a split where its correction is another label, as a wrong answer', () => {
    const corrected = judgement({ expected: 'billing' });
    const { trace, judgements } = read('delivery', [corrected], split);
    expect([trace.output, judgements]).toEqual([null, [corrected]]);
  });

  test('counts by the judgement that came after the split', () => {
    const before = judgement({ expected: 'delivery' });
    const later = judgement({ judgementId: 'j2', expected: 'parcel' });
    expect(read('delivery', [before, later], split)).toMatchObject({ judgements: [later], leftOpen: [before] });
  });

  test('is left open whatever a judge of lower rank says of what a person left open', () => {
    const person = judgement({ expected: 'delivery' });
    const model = judgement({ judgementId: 'j2', expected: 'billing', judge: { kind: 'llm', id: 'l', reason: '' } });
    expect(read('refund', [person, model], split)).toMatchObject({ judgements: [], leftOpen: [person] });
    const modelOpen = { ...model, expected: labelOutput('delivery') };
    const personSays = judgement({ expected: 'billing' });
    expect(read('refund', [modelOpen, personSays], split)).toMatchObject({
      judgements: [personSays],
      leftOpen: [modelOpen],
    });
  });

  test('without an answer keeps its judgements', () => {
    const failed = judgement({});
    expect(read(null, [failed], merge, split)).toMatchObject({ judgements: [failed], leftOpen: [] });
  });
});
