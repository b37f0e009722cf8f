import type { Output } from '../../../domain/base/output.ts';
import type { UsableRecord } from '../../../domain/traces/trace-record.ts';

/** A probe to be: its input, the right output, the record that it was made from, and how. */
export interface Draft {
  readonly input: string;
  readonly output: Output;
  readonly record: UsableRecord;
  readonly method: string;
}
