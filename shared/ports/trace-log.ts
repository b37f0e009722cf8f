import type { Judgement } from '../domain/judgement.ts';
import type { Trace } from '../domain/trace.ts';

export interface TraceBatch {
  readonly traces: readonly Trace[];
  readonly judgements: readonly Judgement[];
}

/** A trace with all that was judged of it. */
export interface JudgedRecord {
  readonly trace: Trace;
  readonly judgements: readonly Judgement[];
}

export interface ReadOptions {
  readonly limit: number;
  /** Only traces of batches appended after this time (ISO 8601); null for all. All judgements of a trace are read, whenever they came. */
  readonly appendedAfter?: string | null;
  /** Only traces that a human judgement is about which arrived in a batch appended after this time, however old the traces are. */
  readonly humanJudgedAfter?: string;
  /** Only what was appended up to and including this time, judgements too. */
  readonly appendedThrough?: string;
  /** Only these traces. */
  readonly traceIds?: readonly string[];
}

/** The append-only record of traces and judgements of a model, as Parquet partitioned by date. */
export interface TraceLog {
  /** Which of these ids are there already, each with the digest of its input. */
  knownTraces(modelId: string, traceIds: readonly string[]): Promise<ReadonlyMap<string, { inputDigest: string }>>;
  /** Appends one batch, whole or not at all. The batch id names it: appending it again changes nothing. */
  append(modelId: string, batchId: string, batch: TraceBatch): Promise<void>;
  /**
   * Traces by time, newest first (ties by trace id), at most `limit`, with their judgements in order of arrival.
   * A judgement of a trace that was never seen is left out.
   */
  read(modelId: string, options: ReadOptions): Promise<readonly JudgedRecord[]>;
  /** Names the state of the log: equal when nothing was appended in between. */
  version(modelId: string): Promise<string>;
}
