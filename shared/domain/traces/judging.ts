import type { Output } from '../base/output.ts';
import { sameAnswer } from '../base/same-answer.ts';
import type { TaskKind } from '../base/task-kind.ts';
import type { JudgeIdentity } from './judgement.ts';
import type { JudgedRecord, SnapshotRecord } from './trace-record.ts';

/**
 * Turns a judgement of the recorded answer into a verdict on the champion's answer of today.
 *
 * The right output is the judgement's correction or, for a pass without one, the recorded answer; with it today's
 * answer is judged by whether it is the same. A failure without a correction only says that the recorded answer is
 * wrong: today's answer fails when it is the same one and is `unknown` otherwise. So is a new answer of which the task
 * kind cannot tell whether it is as good as the right one. Without a judgement nothing is known. `judgedBy` is the
 * judgement's own judge where it judged this very answer, the exact-match rule where the answer changed.
 */
export function judgeRecord(record: SnapshotRecord, kind: JudgingKind): JudgedRecord {
  const { judgement } = record;
  if (judgement === null) return { ...record, verdict: 'unknown', expected: null, judgedBy: null };

  const expected = rightOnRecord(record);
  const unchanged = sameAnswer(kind, record.answer, record.recorded);
  if (expected === null) {
    return unchanged && judgement.verdict === 'fail'
      ? { ...record, verdict: 'fail', expected: null, judgedBy: judgement.judge }
      : { ...record, verdict: 'unknown', expected: null, judgedBy: null };
  }

  const same = record.answer === null ? false : kind.same(record.answer, expected);
  if (same === 'undecided') {
    return unchanged && judgement.verdict !== null
      ? { ...record, verdict: judgement.verdict, expected, judgedBy: judgement.judge }
      : { ...record, verdict: 'unknown', expected, judgedBy: null };
  }
  const verdict = same ? 'pass' : 'fail';
  const judgedBy =
    unchanged && verdict === judgement.verdict
      ? judgement.judge
      : exactMatch(kind, record.answer, expected, judgement.judge);
  return { ...record, verdict, expected, judgedBy };
}

/** The right output that the judgement on record tells of; null where none does. */
export function rightOnRecord({ judgement, recorded }: Pick<SnapshotRecord, 'judgement' | 'recorded'>): Output | null {
  if (judgement === null) return null;
  return judgement.expected ?? (judgement.verdict === 'pass' ? recorded : null);
}

/** What a judge says of a champion's answer. */
export interface JudgedAnswer {
  readonly traceId: string;
  readonly verdict: 'pass' | 'fail';
  /** The right output, where the judge knows it. */
  readonly expected: Output | null;
  readonly judge: JudgeIdentity;
}

/** The record with a verdict on what no judgement on record settles; null leaves it as it is. */
export function withVerdict(record: JudgedRecord, said: JudgedAnswer | null): JudgedRecord {
  if (record.verdict !== 'unknown' || said === null) return record;
  const right = said.verdict === 'pass' ? record.answer : null;
  return {
    ...record,
    verdict: said.verdict,
    expected: said.expected ?? record.expected ?? right,
    judgedBy: said.judge,
  };
}

type JudgingKind = Pick<TaskKind, 'same' | 'show'>;

function exactMatch(kind: JudgingKind, answer: Output | null, expected: Output, source: JudgeIdentity): JudgeIdentity {
  const relation = sameAnswer(kind, answer, expected) ? 'is' : 'is not';
  const shown = answer === null ? 'no answer' : JSON.stringify(kind.show(answer));
  return {
    kind: 'rule',
    id: 'exact-match',
    reason: `${shown} ${relation} the right output ${JSON.stringify(kind.show(expected))} known from ${source.kind} judge ${source.id}`,
  };
}
