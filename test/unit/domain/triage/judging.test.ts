import { describe, expect, test } from 'vitest';
import { judgeRecord } from '../../../../shared/domain/traces/judging.ts';
import type { SnapshotRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const judge = { kind: 'human' as const, id: 'ana', reason: 'read it' };

function record(over: Partial<SnapshotRecord>): SnapshotRecord {
  return {
    traceId: 't1',
    groupId: 'group',
    folds: [0],
    use: 'evidence',
    timestamp: '2026-01-01T00:00:00Z',
    input: 'where is my parcel',
    slice: null,
    steps: null,
    recorded: labelOutput('delivery'),
    judgement: null,
    answer: labelOutput('delivery'),
    confidence: 0.9,
    runnerUp: null,
    ...over,
  };
}

describe('judgeRecord', () => {
  test('knows nothing where nobody judged', () => {
    expect(judgeRecord(record({}), classification)).toMatchObject({
      verdict: 'unknown',
      expected: null,
      judgedBy: null,
    });
  });

  test('takes the recorded answer of a pass as the right output', () => {
    const judged = judgeRecord(record({ judgement: { verdict: 'pass', expected: null, judge } }), classification);
    expect(judged).toMatchObject({ verdict: 'pass', expected: 'delivery', judgedBy: judge });
  });

  test('counts a failure that the champion has learnt to answer as a pass by exact match', () => {
    const judged = judgeRecord(
      record({ answer: labelOutput('refund'), judgement: { verdict: 'fail', expected: labelOutput('refund'), judge } }),
      classification,
    );
    expect(judged).toMatchObject({
      verdict: 'pass',
      expected: 'refund',
      judgedBy: { kind: 'rule', id: 'exact-match' },
    });
    expect(judged.judgedBy?.reason).toContain('ana');
  });

  test('counts a pass that the champion has since lost as a failure', () => {
    const judged = judgeRecord(
      record({ answer: labelOutput('refund'), judgement: { verdict: 'pass', expected: null, judge } }),
      classification,
    );
    expect(judged).toMatchObject({ verdict: 'fail', expected: 'delivery', judgedBy: { kind: 'rule' } });
  });

  test('keeps the judge of a failure that is repeated today', () => {
    const judged = judgeRecord(
      record({ judgement: { verdict: 'fail', expected: labelOutput('refund'), judge } }),
      classification,
    );
    expect(judged).toMatchObject({ verdict: 'fail', expected: 'refund', judgedBy: judge });
  });

  test('knows that a wrong answer without correction is still wrong when it is given again, and nothing of another one', () => {
    const judgement = { verdict: 'fail' as const, expected: null, judge };
    expect(judgeRecord(record({ judgement }), classification)).toMatchObject({
      verdict: 'fail',
      expected: null,
      judgedBy: judge,
    });
    expect(judgeRecord(record({ judgement, answer: labelOutput('refund') }), classification)).toMatchObject({
      verdict: 'unknown',
      expected: null,
      judgedBy: null,
    });
    expect(judgeRecord(record({ judgement, recorded: null, answer: null }), classification)).toMatchObject({
      verdict: 'fail',
      expected: null,
    });
  });

  test('cannot know the right output of a pass without any output', () => {
    const judgement = { verdict: 'pass' as const, expected: null, judge };
    expect(judgeRecord(record({ judgement, recorded: null, answer: null }), classification)).toMatchObject({
      verdict: 'unknown',
      expected: null,
    });
  });

  test('fails a champion that gives no answer where the right output is known', () => {
    const judged = judgeRecord(
      record({ answer: null, judgement: { verdict: 'pass', expected: null, judge } }),
      classification,
    );
    expect(judged).toMatchObject({ verdict: 'fail', expected: 'delivery', judgedBy: { kind: 'rule' } });
  });

  test('goes by the correction where it contradicts the verdict', () => {
    const judged = judgeRecord(
      record({ judgement: { verdict: 'fail', expected: labelOutput('delivery'), judge } }),
      classification,
    );
    expect(judged).toMatchObject({ verdict: 'pass', expected: 'delivery', judgedBy: { kind: 'rule' } });
  });
});
