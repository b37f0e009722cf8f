import type { UsableRecord } from '../../../domain/traces/trace-record.ts';
/** A probe to be: its input, the record whose label it keeps, and how it was made. */
export interface Draft {
  readonly input: string;
  readonly record: UsableRecord;
  readonly method: string;
}
