import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceOf, evidenceRecordSchema } from '../../../../shared/domain/evaluation/evidence-record.ts';
import type { TriagedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const idsOf = (records: readonly TriagedRecord[], isHonest: (record: TriagedRecord) => boolean = () => true) =>
  evidenceOf(records, isHonest).map(({ exampleId }) => exampleId);
const triage = (category: TriagedRecord['triage']['category']) => ({ category, kind: 'k', reason: 'r' }) as never;

describe('the evidence', () => {
  it('has of each record its place, what is right, what the champion answers and whether that is right', () => {
    const failing = sampleRecord('t1', {
      folds: [7],
      expected: labelOutput('ham'),
      answer: labelOutput('spam'),
      verdict: 'fail',
    });
    expect(evidenceOf([failing], () => true)).toEqual([
      {
        exampleId: 't1',
        input: 'text of t1',
        expected: 'ham',
        right: false,
        groupId: 'group of t1',
        folds: [7],
        kept: true,
        answer: 'spam',
        byPerson: false,
      },
    ]);
  });

  it('has of each record whether the champion is right, and whether a person judged it', () => {
    const by = (kind: 'human' | 'rule') =>
      ({ verdict: 'pass', expected: null, judge: { kind, id: 'j', reason: '' } }) as const;
    const records = [
      sampleRecord('by a person', { verdict: 'pass', judgement: by('human') }),
      sampleRecord('by a rule', { verdict: 'pass', judgement: by('rule') }),
      sampleRecord('by nobody', { verdict: 'fail', judgement: null }),
    ];
    expect(
      evidenceOf(records, () => true).map(({ exampleId, right, byPerson }) => [exampleId, right, byPerson]),
    ).toEqual([
      ['by a person', true, true],
      ['by a rule', true, false],
      ['by nobody', false, false],
    ]);
  });

  it('leaves out what is held since it rests on one judge alone', () => {
    const alone = { judge: 'llm/j', from: 'ham', word: null, to: 'spam', turned: 9, of: 9 };
    const held = { category: 'suspect-judgement', kind: 'turned-label', reason: 'r', alone } as const;
    expect(idsOf([sampleRecord('held', { triage: held }), sampleRecord('clean')])).toEqual(['clean']);
  });

  it('keeps suspects, marked as not to train, and leaves poison out', () => {
    const records = [
      sampleRecord('suspect', { triage: triage('suspect-judgement') }),
      sampleRecord('poison', { triage: triage('poison') }),
      sampleRecord('noise', { triage: triage('fixable-noise') }),
      sampleRecord('clean'),
    ];
    expect(evidenceOf(records, () => true).map(({ exampleId, kept }) => [exampleId, kept])).toEqual([
      ['clean', true],
      ['noise', true],
      ['suspect', false],
    ]);
  });

  it('has nothing that trains everywhere, is for the report, has no verdict, or that nobody can answer unseen', () => {
    expect(
      idsOf(
        [
          sampleRecord('everywhere', { folds: [], use: 'none' }),
          sampleRecord('of two folds', { folds: [1, 2], use: 'none' }),
          sampleRecord('report', { use: 'report' }),
          sampleRecord('unknown', { verdict: 'unknown' }),
          sampleRecord('nothing is right', { expected: null }),
          sampleRecord('seen'),
          sampleRecord('evidence'),
        ],
        ({ traceId }) => traceId !== 'seen',
      ),
    ).toEqual(['evidence']);
  });

  it('is sorted by id, the same in whatever order the records come, and fits its schema', () => {
    const records = ['t3', 't1', 't2', 'T9'].map((id) => sampleRecord(id));
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: 4 }), (shuffled) => {
        expect(idsOf(shuffled)).toEqual(['T9', 't1', 't2', 't3']);
      }),
    );
    for (const record of evidenceOf(records, () => true)) expect(evidenceRecordSchema.parse(record)).toEqual(record);
  });
});
