import { sameAnswer } from '../../domain/base/same-answer.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { mistakeInWords, wayToAnswer } from '../../domain/steps/shown-steps.ts';
import type { SnapshotRecord } from '../../domain/traces/trace-record.ts';
import type { AnswerSteps } from '../../ports/judge.ts';

const longest = 6_000;

/** How an answer that is to be judged came about; null where no steps are on record, or they led to another answer. */
export function stepsToJudge(
  record: Pick<SnapshotRecord, 'input' | 'steps' | 'recorded' | 'answer'>,
  kind: TaskKind,
): AnswerSteps | null {
  // Candidates' answers have none, and are judged where only a judge can tell: the champion's then by no more than they.
  if (kind.needsJudge === true) return null;
  if (!sameAnswer(kind, record.answer, record.recorded)) return null;
  const way = wayToAnswer(record, kind);
  if (way === null) return null;
  const lines = way.steps.map(({ type, who, text }, at) => {
    return `${at + 1}. ${type}${who === null ? '' : ` (${who})`}: ${text.replaceAll(/\s+/g, ' ')}`;
  });
  const text = lines.join('\n').slice(0, longest).toWellFormed();
  return { text, mistake: way.mistake === null ? null : mistakeInWords(way.mistake) };
}
