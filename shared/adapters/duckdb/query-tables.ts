import { RatchetError } from '../../domain/base/errors.ts';
import { forbidden, unworkable } from './read-only-sql.ts';

/** The two tables that queries go over, by their port. */
export const queryTablesSql = `
  CREATE TABLE traces (trace_id VARCHAR, timestamp TIMESTAMP, checkpoint_id VARCHAR, input VARCHAR, output VARCHAR,
    confidence DOUBLE, steps VARCHAR, metadata VARCHAR);
  CREATE TABLE judgements (judgement_id VARCHAR, trace_id VARCHAR, verdict VARCHAR, expected VARCHAR, judge_kind VARCHAR,
    judge_id VARCHAR, reason VARCHAR, judged_at TIMESTAMP)`;

/** After these a DuckDB reaches no file, no network and no setting. */
export const lockdown = [
  "SET temp_directory = ''",
  'SET enable_external_access = false',
  'SET lock_configuration = true',
];

/** What DuckDB complains of while it reads or runs a query, as a fault. */
export function queryFailure(error: unknown, dialect?: string): RatchetError {
  if (error instanceof RatchetError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return message.startsWith('Permission Error') ? forbidden(message, error) : unworkable(message, error, dialect);
}
