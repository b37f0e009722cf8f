import type { Output } from '../domain/base/output.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import type { JudgedAnswer } from '../domain/traces/judging.ts';
import type { AnalystRun } from './analyst.ts';
import type { LongWork } from './long-work.ts';

/** An answer that nobody's judgement settles. Never with the champion's confidence, which would sway a judge. */
export interface AnswerToJudge {
  readonly traceId: string;
  readonly input: string;
  readonly answer: Output;
  /** The right output, where it is known and the task kind cannot tell whether the answer is as good; else null. */
  readonly expected: Output | null;
  /** How the answer came about, and the first mistake that its steps show, where they are on record. */
  readonly steps?: AnswerSteps | undefined;
}

export interface AnswerSteps {
  /** One a line, first to last. */
  readonly text: string;
  /** A sentence; null where none shows. */
  readonly mistake: string | null;
}

export interface JudgeRequest {
  readonly task: TaskSpec;
  /** What counts as right, in words; null for what the task alone says. */
  readonly rubric: string | null;
  readonly answers: readonly AnswerToJudge[];
  /** Whose work it is, and out of whose budget; absent where none is limited. */
  readonly run?: AnalystRun | undefined;
}

/** What came of a request. An answer that is not named stays unjudged. */
export interface Judged {
  readonly answers: readonly JudgedAnswer[];
  /** How many answers it was asked of and judged in no way that can be used. */
  readonly unusable: number;
  /** Why it judged no further, for people, such as that a chat model does not answer; null where nothing stopped it. */
  readonly trouble: string | null;
}

/** Judges what no judgement on record settles. */
export interface Judge extends LongWork<JudgeRequest, Judged> {
  readonly name: string;
  /** Whether its verdicts count only while it agrees with people: a judge that may err by itself. */
  readonly mustAgree: boolean;
}

/** Name of the judge that compares with the right answer and asks nobody. */
export const ruleJudge = 'rule';
