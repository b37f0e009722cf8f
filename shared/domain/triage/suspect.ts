import type { JudgeKind } from '../traces/judgement.ts';
import type { suspectDetectors, suspectSpanDetectors } from './detector-name.ts';

/**
 * A judged record, its outputs by their keys (labels are their own), with what models that never saw it make of it: one
 * of a first pass, that learns from all given labels, and one of a second, that learns from those records alone on
 * which the first pass agrees (see `learnsAgain`). Probabilities are in the order of the request's labels.
 */
export interface SuspectRecord {
  readonly traceId: string;
  /** Key of the right output according to the judgement. */
  readonly given: string;
  readonly judgeKind: JudgeKind;
  /** Key of the output that was judged; another one than the given is corrected. Null for none. */
  readonly recorded: string | null;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/** A given output that is probably wrong; what a second opinion is asked about. */
export interface Suspect {
  readonly kind: (typeof suspectDetectors)[number] | (typeof suspectSpanDetectors)[number];
  /** Its key. */
  readonly given: string;
  /** What it probably should be: a label, or what should be different in a few words. */
  readonly likely: string;
  /** Probability that the given output is wrong, a fraction. */
  readonly strength: number;
  readonly reason: string;
}

export interface SuspectRequest {
  readonly labels: readonly string[];
  /** A label is suspect from this probability on that it is wrong; 0.3 by default. */
  readonly from?: number;
  readonly records: readonly SuspectRecord[];
}
