import { type Output, sameOutput } from '../models/task.ts';
import type { Judge } from './judgement.ts';
import type { JudgedRecord, SnapshotRecord } from './trace-record.ts';

/**
 * Turns a judgement of the recorded answer into a verdict on the champion's answer of today.
 *
 * The right output is the judgement's correction or, for a pass without one, the recorded answer; with it today's answer
 * is judged by exact match. A failure without a correction only says that the recorded answer is wrong: today's answer
 * fails when it is the same one and is `unknown` otherwise. Without a judgement nothing is known.
 * `judgedBy` is the judgement's own judge where it judged this very answer, the exact-match rule where the answer changed.
 */
export function judgeRecord(record: SnapshotRecord): JudgedRecord {
  const { judgement } = record;
  if (judgement === null) return { ...record, verdict: 'unknown', expected: null, judgedBy: null };

  const expected = judgement.expected ?? (judgement.verdict === 'pass' ? record.recorded : null);
  const unchanged = sameAnswer(record.answer, record.recorded);
  if (expected === null) {
    return unchanged && judgement.verdict === 'fail'
      ? { ...record, verdict: 'fail', expected: null, judgedBy: judgement.judge }
      : { ...record, verdict: 'unknown', expected: null, judgedBy: null };
  }

  const verdict = sameOutput(record.answer, expected) ? 'pass' : 'fail';
  const judgedBy =
    unchanged && verdict === judgement.verdict ? judgement.judge : exactMatch(record.answer, expected, judgement.judge);
  return { ...record, verdict, expected, judgedBy };
}

function sameAnswer(a: Output | null, b: Output | null): boolean {
  return (a === null && b === null) || sameOutput(a, b);
}

function exactMatch(answer: Output | null, expected: Output, source: Judge): Judge {
  const relation = sameOutput(answer, expected) ? 'is' : 'is not';
  const shown = answer === null ? 'no answer' : JSON.stringify(answer);
  return {
    kind: 'rule',
    id: 'exact-match',
    reason: `${shown} ${relation} the right output ${JSON.stringify(expected)} known from ${source.kind} judge ${source.id}`,
  };
}
