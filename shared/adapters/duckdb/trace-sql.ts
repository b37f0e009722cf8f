/** Condition for QUALIFY: of traces with one id, the first that arrived. */
export const firstTraces = 'row_number() OVER (PARTITION BY trace_id ORDER BY arrival, batch_id, position) = 1';

/**
 * Condition for QUALIFY over a Parquet named `file`: of judgements of one trace with one id, the first that arrived.
 */
export const firstJudgements =
  'row_number() OVER (PARTITION BY file.trace_id, file.judgement_id ORDER BY file.arrival, file.batch_id, file.position) = 1';
