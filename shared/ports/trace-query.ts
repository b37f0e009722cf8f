export type Row = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Read-only SQL over two tables of one model: `traces` (trace_id, timestamp, checkpoint_id, input,
 * output, confidence, steps, metadata) and `judgements` (judgement_id, trace_id, verdict, expected, judge_kind,
 * judge_id, reason, judged_at). `output` and `expected` are labels, or the JSON text of outputs that are no text.
 */
export interface TraceQuery {
  /** In which words of SQL it is asked; `the dialect of DuckDB` by default. */
  readonly dialect?: string;
  /**
   * Runs one SELECT with positional parameters. No file, no network, no second statement: anything else throws
   * `ForbiddenQuery`. At most `maxRows` rows come back (1,000 by default). With `traceIds` these traces and their
   * judgements are all that there is.
   */
  query(
    modelId: string,
    sql: string,
    parameters?: readonly (string | number | boolean | null)[],
    options?: { maxRows?: number; traceIds?: readonly string[] },
  ): Promise<readonly Row[]>;
}
