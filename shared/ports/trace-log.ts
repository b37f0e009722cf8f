import type { Judgement } from '../domain/traces/judgement.ts';
import type { Trace } from '../domain/traces/trace.ts';
import type { VerdictCounts } from '../domain/traces/verdict-counts.ts';

export interface TraceBatch {
  readonly traces: readonly Trace[];
  readonly judgements: readonly Judgement[];
  /**
   * What the batch adds to what is known of the traces, where the judgements alone do not tell: some may be about traces
   * that have not come, and traces may bring earlier judgements to bear. Counted from the judgements by default.
   */
  readonly verdicts?: VerdictCounts;
  /**
   * Position of the log up to which it was read to put the batch together: it is not appended where a batch came in since
   * that may hold, or judge, one of its traces. Not looked at by default.
   */
  readonly seen?: number;
  /** Id of an earlier batch all of whose judgements this one takes back, so that they count no more in the history. */
  readonly takesBack?: string;
}

/** `overtaken`: nothing was appended, since the log moved on with traces of the batch, which is to be put together anew. */
export type Appended = 'appended' | 'overtaken';

/** A trace with all that was judged of it. */
export interface LoggedTrace {
  readonly trace: Trace;
  readonly judgements: readonly Judgement[];
}

export interface ReadOptions {
  readonly limit: number;
  /**
   * Only traces of batches after this position of the log; null for all. All judgements of a trace are read, whenever
   * they came.
   */
  readonly after?: number | null;
  /**
   * Only traces that a human judgement is about which arrived in a batch after this position, however old the traces
   * are.
   */
  readonly humanJudgedAfter?: number;
  /** Only what came up to and including this position, judgements too. */
  readonly through?: number;
  /** Only these traces. */
  readonly traceIds?: readonly string[];
  /** Whether judgements that were taken back are read too, and the records that take them back; not by default. */
  readonly retracted?: boolean;
}

/** What one batch brought, in numbers. */
export interface BatchSummary {
  /**
   * Its place in the log, from 1: what comes later has a higher one, whatever clocks say. What was read up to a position
   * stays what it was.
   */
  readonly position: number;
  readonly batchId: string;
  /** By the clock of whoever appended it, ISO 8601 in UTC: for people, never to tell what came first. */
  readonly appendedAt: string;
  readonly traces: number;
  readonly judgements: number;
  /**
   * Traces that the batch's judgements are about, new ones and old ones, none where a later batch took them all back; null
   * for a batch of a version that did not count them.
   */
  readonly judged: number | null;
  /** Those of the judged traces that the batch's judgements find to fail; null like {@link judged}. */
  readonly failed: number | null;
  /** Traces known to fail before, whose right output the batch tells; null like {@link judged}. */
  readonly corrected: number | null;
}

/** How a log has grown; needs no look at the traces themselves. */
export interface TraceHistory {
  /** Batches in order of arrival; with `after` only those after that position. */
  history(modelId: string, options?: { readonly after?: number | null }): Promise<readonly BatchSummary[]>;
  /** Names the state of the log: equal when nothing was appended in between. */
  version(modelId: string): Promise<string>;
}

/** The append-only record of traces and judgements of a model, as Parquet partitioned by date. */
export interface TraceLog extends TraceHistory {
  /** Which of these ids are there already, each with the digest of its input. */
  knownTraces(modelId: string, traceIds: readonly string[]): Promise<ReadonlyMap<string, { inputDigest: string }>>;
  /**
   * All judgements of these ids in order of arrival, by trace id, whether their traces have come or not, those that were
   * taken back too, and what takes them back; ids without any are left out.
   */
  judgementsOf(modelId: string, traceIds: readonly string[]): Promise<ReadonlyMap<string, readonly Judgement[]>>;
  /** Appends one batch, whole or not at all. The batch id names it: appending it again changes nothing. */
  append(modelId: string, batchId: string, batch: TraceBatch): Promise<Appended>;
  /**
   * Traces by time, newest first (ties by trace id), at most `limit`, with their judgements in order of arrival. A time
   * that cannot be, as it is days later than the arrival of a batch that came after it, or before 2000, counts as that of
   * its arrival: none pushes what comes in later out of the limit.
   * A judgement of a trace that was never seen is left out, and one that was taken back.
   */
  read(modelId: string, options: ReadOptions): Promise<readonly LoggedTrace[]>;
  /**
   * Takes traces and all that was judged of them out of the log for good; unknown ids are no error. A reader sees a
   * batch as it was or without them. What is kept is a digest of each id, by which {@link erasedAmong} knows it again.
   * Broken off anywhere, the log can be read; erasing anything again, even nothing, ends what was begun.
   */
  erase(modelId: string, traceIds: readonly string[]): Promise<ErasedFromLog>;
  /** Which of these ids were erased: they are not to be appended again. */
  erasedAmong(modelId: string, traceIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** What erasing took out of a log. */
export interface ErasedFromLog {
  readonly traces: number;
  readonly judgements: number;
  /** Object keys that were rewritten or removed. */
  readonly keys: readonly string[];
}
