import { describe, expect, it } from 'vitest';
import {
  type JudgedTrace,
  judgementsBy,
  propagatedJudgement,
  retractionsOf,
} from '../../../../shared/domain/review/judge-traces.ts';
import type { ReviewKind } from '../../../../shared/domain/review/review-entry.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { thrown } from '../../../helpers/rejection.ts';
import { sampleJudgement } from '../../../helpers/trace-samples.ts';

const task = classificationTask(['ham', 'spam']);
const now = Date.parse('2026-02-01T00:00:00Z');
const trace: JudgedTrace = { traceId: 't1', input: 'some text', output: labelOutput('ham'), judgements: [] };

function judge(act: Exclude<ReviewKind, 'defer'>, expected: string | null, ...traces: readonly JudgedTrace[]) {
  const said = {
    actionId: 'a1',
    reviewer: 'ana',
    act,
    expected: expected === null ? null : labelOutput(expected),
    now,
  };
  return judgementsBy(said, traces, task, classification);
}

describe('what a reviewer says, as judgements', () => {
  it('is that the answer is right, what it should be, or that it is wrong', () => {
    expect(judge('accept', null, trace)).toMatchObject([
      { traceId: 't1', verdict: 'pass', judge: { kind: 'human', id: 'ana' } },
    ]);
    expect(judge('accept', null, trace)[0]).not.toHaveProperty('expected');
    expect(judge('correct', 'spam', trace)).toMatchObject([{ verdict: 'fail', expected: 'spam' }]);
    expect(judge('correct', 'ham', trace)).toMatchObject([{ verdict: 'pass', expected: 'ham' }]);
    expect(judge('correct', 'ham', { ...trace, output: null })).toMatchObject([{ verdict: 'fail', expected: 'ham' }]);
    expect(judge('reject', null, trace)).toMatchObject([{ verdict: 'fail' }]);
  });

  it('has an id by action and trace, and comes after all that is on record, whatever the clock says', () => {
    const later = sampleJudgement({ judgedAt: '2026-03-01T00:00:00.000Z' });
    const [one, other] = judge('accept', null, trace, { ...trace, traceId: 't2', judgements: [later] });
    expect(one?.judgementId).toBe(judge('reject', null, trace)[0]?.judgementId);
    expect(one?.judgementId).not.toBe(other?.judgementId);
    expect([one?.judgedAt, other?.judgedAt]).toEqual(['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.001Z']);
  });

  it('is refused as a whole where it cannot be said of one trace', () => {
    const silent = { ...trace, traceId: 't2', output: null };
    expect(thrown(() => judge('accept', null, trace, silent)).message).toBe('Trace "t2" has no answer to accept.');
    const unknown = thrown(() => judge('correct', 'news', trace));
    expect(unknown).toMatchObject({ name: 'InvalidInput', message: expect.stringContaining('"news" is not one of') });
    expect(unknown.mend).toMatch(/^Use one of the labels/);
    expect(thrown(() => judge('accept', null, { ...trace, output: labelOutput('gone') })).name).toBe('InvalidInput');
  });

  it('is carried over with a judge of its own kind, that says how alike the texts are', () => {
    const said = { actionId: 'a1', reviewer: 'ana', expected: labelOutput('spam'), similarity: 0.876, now };
    expect(propagatedJudgement(said, trace, classification)).toMatchObject({
      verdict: 'fail',
      expected: 'spam',
      judge: { kind: 'propagated', id: 'ana', reason: 'like what ana judged (similarity 0.88, a1)' },
    });
  });

  it('is taken back judgement by judgement', () => {
    const made = judge('accept', null, trace, { ...trace, traceId: 't2' });
    const back = retractionsOf(made, { undoId: 'u1', reviewer: 'ana', now });
    expect(back.map(({ traceId, retracts, verdict }) => [traceId, retracts, verdict])).toEqual(
      made.map(({ traceId, judgementId }) => [traceId, judgementId, null]),
    );
    expect(new Set([...made, ...back].map(({ judgementId }) => judgementId)).size).toBe(4);
  });
});
