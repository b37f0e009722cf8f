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
  readonly answers: readonly AnswerToJudge[];
}

/** Judges what no judgement on record settles. An answer that it says nothing of stays unjudged. */
export interface Judge extends LongWork<JudgeRequest, readonly JudgedAnswer[]> {
  readonly name: string;
}
