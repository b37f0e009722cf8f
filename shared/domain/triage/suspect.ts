import type { JudgeKind } from '../traces/judgement.ts';

/**
 * A judged record, its outputs by their keys (labels are their own), with what a model that never saw it makes of it.
 */
export interface SuspectRecord {
  readonly traceId: string;
  readonly input: string;
  /** Key of the right output according to the judgement. */
  readonly given: string;
  readonly judgeKind: JudgeKind;
  /** What the champion answers. */
  readonly answer: string | null;
  readonly confidence: number;
  /** Out-of-fold probabilities by a model that learns from all given labels, in the order of the request's labels. */
  readonly probabilities: readonly number[];
  /** The same by a model that learns from agreed records alone (see `isAgreed`). */
  readonly agreedOnly: readonly number[];
}

/** A given label that is probably wrong. */
export interface Suspect {
  readonly kind: 'flipped-label' | 'systematic-relabel';
  /** Probability that the given label is wrong, a fraction. */
  readonly strength: number;
  /** What it probably should be. */
  readonly likely: string;
  readonly reason: string;
}

/** An example that the champion was trained on. */
export interface TrustedExample {
  readonly given: string;
  /**
   * Out-of-fold probabilities by the model that learns from all given labels: the other one learns what the champion
   * answers, who has seen the example.
   */
  readonly probabilities: readonly number[];
}

export interface SuspectRequest {
  readonly labels: readonly string[];
  readonly records: readonly SuspectRecord[];
  /** What a model's objections are measured by. */
  readonly trusted: readonly TrustedExample[];
}
/** Whether nothing speaks against the given label: the champion and the judge agree, or a person has judged. */
export function isAgreed(record: SuspectRecord): boolean {
  return record.judgeKind === 'human' || record.answer === record.given;
}
