import type { Output } from '../domain/base/output.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import type { JudgedAnswer } from '../domain/traces/judging.ts';
import type { LongWork } from './long-work.ts';

/** An answer that nobody's judgement settles. Never with the champion's confidence, which would sway a judge. */
export interface AnswerToJudge {
  readonly traceId: string;
  readonly input: string;
  readonly answer: Output;
  /** The right output, where it is known and the task kind cannot tell whether the answer is as good; else null. */
  readonly expected: Output | null;
}

export interface JudgeRequest {
  readonly task: TaskSpec;
  /** What counts as right, in words; null for what the task alone says. */
  readonly rubric: string | null;
  readonly answers: readonly AnswerToJudge[];
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
