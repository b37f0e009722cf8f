import { RatchetError } from '../base/errors.ts';
import { shortDigest } from '../base/ids.ts';
import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import type { TaskSpec } from '../base/task-spec.ts';
import type { JudgeIdentity, Judgement, Verdict } from '../traces/judgement.ts';
import type { ReviewKind } from './review-entry.ts';

/** A trace that is judged, in the labels of today, with all that is on record of it, also what was taken back. */
export interface JudgedTrace {
  readonly traceId: string;
  readonly input: string;
  readonly output: Output | null;
  readonly judgements: readonly Judgement[];
}

/** What a reviewer says of traces. */
export interface Said {
  readonly actionId: string;
  readonly reviewer: string;
  readonly act: Exclude<ReviewKind, 'defer'>;
  /** The right output of a correction; null for all else. */
  readonly expected: Output | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

type JudgingKind = Pick<TaskKind, 'same' | 'problem' | 'show'>;

/**
 * What a reviewer says, as judgements of each trace.
 * @throws RatchetError InvalidInput where it cannot be said of one of them; nothing is judged then
 */
export function judgementsBy(
  said: Said,
  traces: readonly JudgedTrace[],
  task: TaskSpec,
  kind: JudgingKind,
): readonly Judgement[] {
  const judge: JudgeIdentity = { kind: 'human', id: said.reviewer, reason: '' };
  return traces.map((trace) => {
    const right = said.act === 'accept' ? trace.output : said.expected;
    if (said.act === 'accept' && right === null) throw nothingToAccept(trace);
    if (right !== null) check(right, trace, task, kind);
    return judgementOf(trace, { ...said, judge, expected: said.expected }, kind);
  });
}

/** What is said of one trace, carried over to another with a judge of its own. */
export function propagatedJudgement(
  said: Pick<Said, 'actionId' | 'reviewer' | 'now'> & { readonly expected: Output; readonly similarity: number },
  trace: JudgedTrace,
  kind: JudgingKind,
): Judgement {
  const reason = `like what ${said.reviewer} judged (similarity ${said.similarity.toFixed(2)}, ${said.actionId})`;
  const judge: JudgeIdentity = { kind: 'propagated', id: said.reviewer, reason };
  return judgementOf(trace, { ...said, act: 'correct', judge }, kind);
}

/** Takes judgements back, in the name of who does so. */
export function retractionsOf(
  judgements: readonly Judgement[],
  { undoId, reviewer, now }: { readonly undoId: string; readonly reviewer: string; readonly now: number },
): readonly Judgement[] {
  return judgements.map(({ traceId, judgementId }) => ({
    judgementId: shortDigest('review', undoId, traceId, judgementId),
    traceId,
    verdict: null,
    judge: { kind: 'human', id: reviewer, reason: '' },
    judgedAt: new Date(now).toISOString(),
    retracts: judgementId,
  }));
}

function judgementOf(
  { traceId, output, judgements }: JudgedTrace,
  { actionId, act, expected, judge, now }: Omit<Said, 'reviewer'> & { readonly judge: JudgeIdentity },
  kind: JudgingKind,
): Judgement {
  // Later than all that is on record, even when a clock was set back: of two the one that came later counts.
  const at = judgements.reduce((latest, { judgedAt }) => Math.max(latest, Date.parse(judgedAt) + 1), now);
  return {
    judgementId: shortDigest('review', actionId, traceId, judge.kind),
    traceId,
    verdict: verdictOf(act, output, expected, kind),
    ...(expected === null ? {} : { expected }),
    judge,
    judgedAt: new Date(at).toISOString(),
  };
}

function verdictOf(
  act: Said['act'],
  output: Output | null,
  expected: Output | null,
  kind: JudgingKind,
): Verdict | null {
  if (act !== 'correct' || expected === null) return act === 'accept' ? 'pass' : 'fail';
  const same = output === null ? false : kind.same(output, expected);
  return same === 'undecided' ? null : same ? 'pass' : 'fail';
}

/** @throws RatchetError InvalidInput */
function check(right: Output, { traceId, input }: JudgedTrace, task: TaskSpec, kind: JudgingKind): void {
  const problem = kind.problem(task, input, right);
  if (problem === null) return;
  throw new RatchetError('InvalidInput', `Trace ${JSON.stringify(traceId.slice(0, 120))}: ${problem.reason}.`, {
    mend: `${problem.mend.charAt(0).toUpperCase()}${problem.mend.slice(1)}.`,
  });
}

function nothingToAccept({ traceId }: JudgedTrace): RatchetError {
  return new RatchetError('InvalidInput', `Trace ${JSON.stringify(traceId.slice(0, 120))} has no answer to accept.`, {
    mend: 'Say what is right: correct it, or leave it out.',
  });
}
