import type { Judgement } from '../../domain/traces/judgement.ts';
import type { LoggedTrace } from '../../ports/trace-log.ts';
import type { LogFiles } from './log-files.ts';
import type { CommittedBatch } from './trace-batches.ts';

/** What of a model's log is read. */
export interface LogView {
  readonly modelId: string;
  /** Batches that may hold, or judge, what is asked for; no other row counts. */
  readonly batches: readonly CommittedBatch[];
  /** All batches up to the position that is read to, these among them. */
  readonly all: readonly CommittedBatch[];
  /** Where the rows of {@link batches} are; rows of {@link all} in the same files need not be passed over. */
  readonly files: LogFiles;
}

/** Which traces are read, as in `ReadOptions`. */
export interface Picking {
  /** At least 1. */
  readonly limit: number;
  /** Position; 0 for all. */
  readonly after: number;
  readonly humanJudgedAfter: number | null;
  readonly traceIds: readonly string[] | null;
}

/**
 * Answers what is asked of a log over the files that its commits name. Of traces with one id the first that arrived
 * counts, and so with judgements of one trace with one id. Ids are compared well-formed. A file that is gone, as something was
 * erased or merged since, is a fault: the log is then read anew.
 */
export interface LogReader {
  /** Digests of inputs, by well-formed trace id; the view has files of traces. */
  inputDigests(view: LogView, traceIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Judgements of these ids, in order of arrival; the view has files of judgements. */
  judgementsOf(view: LogView, traceIds: readonly string[]): Promise<readonly Judgement[]>;
  /** Traces, newest first, with all judgements that count or were taken back; the view has files of traces. */
  read(view: LogView, picking: Picking): Promise<readonly LoggedTrace[]>;
}
