import type { Output } from '../../../shared/domain/base/output.ts';
import type { LogKind, PerturbationClass } from '../perturbations/kinds.ts';

/** What was done to a log: the ground truth, which no judge and no arm but the oracle sees. */
export interface GroundTruth {
  readonly class: PerturbationClass | 'clean';
  /** In the order in which they acted; one poison kind at most, which then stands first. */
  readonly kinds: readonly LogKind[];
  /** The input before anything was done to it, and its right output. */
  readonly host: { readonly input: string; readonly output: Output };
  /** The right output of the input as it is; null for poison that has none. */
  readonly right: Output | null;
  /** Whether the judge's correction is wrong. */
  readonly wrongCorrection: boolean;
  /** A failure that the paper's naive arm leaves uncorrected, should the model fail on it. */
  readonly naiveLeavesUncorrected: boolean;
  /** The log that this one repeats; null for none. */
  readonly repeats: string | null;
}

/** One inference of a stage, before a model has answered it. */
export interface StagedLog {
  /** Says nothing of what was done to the log. */
  readonly logId: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly latencyMs: number;
  readonly input: string;
  /** No answer within the time limit: there is nothing to judge, and the input was sent again. */
  readonly timedOut: boolean;
  /** What the judge says is right; null when it only says that the answer is wrong, or says nothing. */
  readonly expected: Output | null;
  /** Nobody judges it; absent where somebody does. */
  readonly unjudged?: true;
  readonly truth: GroundTruth;
}

/** Whether a judge says anything of the log. */
export function isJudged({ timedOut, unjudged }: StagedLog): boolean {
  return !timedOut && unjudged !== true;
}
