import type { Output } from '../base/output.ts';
import type { Judgement } from '../traces/judgement.ts';
import type { WhatCounts } from '../traces/what-counts.ts';

/** What the last run made of a trace, as far as a reviewer needs it. */
export interface RunView {
  /** What the champion answered. */
  readonly answer: Output | null;
  /** Of that answer, a fraction, by models that had not seen the trace. */
  readonly confidence: number;
  /** The confidence less that of the second choice; null where there was none. */
  readonly margin: number | null;
  /** Why the judgement is suspect, and how probably it is wrong; null where it is not. */
  readonly suspect: { readonly reason: string; readonly probability: number } | null;
  /** Whether its text is no traffic of the model's. */
  readonly isPoison: boolean;
}

/** A trace as the queue looks at it, in the labels of today. */
export interface ReviewItem {
  readonly traceId: string;
  readonly input: string;
  readonly output: Output | null;
  /** ISO 8601. */
  readonly at: string;
  /** As the model told it when it answered; null where it did not. */
  readonly confidence: number | null;
  /** Near-duplicates have the same. */
  readonly group: number;
  /** What was judged of it by other ways than the queue's, all that stands. */
  readonly judgements: readonly Judgement[];
  /** What those come to. */
  readonly counts: WhatCounts;
  /** Null where no run has looked at it. */
  readonly run: RunView | null;
  /** What of the changed traffic it shows, in words; absent where it shows none. */
  readonly drift?: string;
}
