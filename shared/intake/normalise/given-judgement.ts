import type { Output } from '../../domain/base/output.ts';
import { sameAnswer } from '../../domain/base/same-answer.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { JudgeIdentity } from '../../domain/traces/judgement.ts';

/** What a judgement says, before it is joined to the record: who gives it its id is the ingest. */
export interface GivenJudgement {
  /** Null where the task kind cannot tell whether the answer is as good as the right output, or there is no answer yet. */
  readonly verdict: 'pass' | 'fail' | null;
  readonly expected: Output | null;
  readonly judge: JudgeIdentity;
  /** When it was said, ISO 8601; null where it says nothing of that, and it counts as said when it is ingested. */
  readonly at: string | null;
  /** When it says to have been said, where that cannot be by the clock of now, which may stand elsewhere tomorrow. */
  readonly saidAt?: string;
  /** Where the names of the other scores decide whether it is a verdict: the name of its own. */
  readonly onlyAs?: string;
  /** Where the file does not say of what kind its judge is, and nobody has. */
  readonly judgeAssumed?: true;
}

/**
 * The same judgement, of another recorded answer to the same input: the verdict is made anew from the right output.
 * Null when the judgement names no right output and so says nothing about another answer.
 */
export function judgementOfOtherAnswer(
  judgement: GivenJudgement,
  judged: Output | null,
  recorded: Output | null,
  kind: Pick<TaskKind, 'same'>,
): GivenJudgement | null {
  const expected = judgement.expected ?? (judgement.verdict === 'pass' ? judged : null);
  return expected === null ? null : { ...judgement, expected, verdict: verdictBy(kind, recorded, expected) };
}

/**
 * A judgement as it stands for the answer on record.
 * @param judged the answer that it was given of; undefined where it only names the trace
 * @returns `nothing-known` when it judged another answer and tells nothing of this one
 */
export function judgementOnRecord(
  judgement: GivenJudgement,
  judged: Output | null | undefined,
  recorded: Output | null,
  kind: Pick<TaskKind, 'same'>,
): GivenJudgement | 'nothing-known' {
  if (judged === undefined) {
    if (judgement.verdict !== null || judgement.expected === null) return judgement;
    return { ...judgement, verdict: verdictBy(kind, recorded, judgement.expected) };
  }
  if (sameAnswer(kind, judged, recorded)) return judgement;
  return judgementOfOtherAnswer(judgement, judged, recorded, kind) ?? 'nothing-known';
}

/** What the right output says of an answer; null where the task kind cannot tell. */
export function verdictBy(
  kind: Pick<TaskKind, 'same'>,
  output: Output | null,
  expected: Output | null,
): GivenJudgement['verdict'] {
  const same = output !== null && expected !== null && kind.same(output, expected);
  if (same === 'undecided') return null;
  return same ? 'pass' : 'fail';
}

/** Whether output and right output say the opposite of a verdict for sure. */
export function contradicts(
  verdict: 'pass' | 'fail',
  output: Output | null,
  expected: Output,
  kind: Pick<TaskKind, 'same'>,
): boolean {
  const same = output === null ? false : kind.same(output, expected);
  return same !== 'undecided' && (verdict === 'pass') !== same;
}
