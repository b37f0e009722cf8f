import type { LabelReading } from '../../domain/base/label-change.ts';
import type { Output } from '../../domain/base/output.ts';
import { outputToday } from '../../domain/base/output-today.ts';
import type { TriagedRecord } from '../../domain/traces/trace-record.ts';

/**
 * What a run made of a trace, in the labels of today. The verdict and triage stay those of the run.
 * @param reading null where the labels were never changed
 */
export function recordToday(record: TriagedRecord, reading: LabelReading | null): TriagedRecord {
  if (reading === null) return record;
  const read = (output: Output | null): Output | null => (output === null ? null : outputToday(output, reading));
  const { judgement, runnerUp } = record;
  return {
    ...record,
    recorded: read(record.recorded),
    judgement: judgement === null ? null : { ...judgement, expected: read(judgement.expected) },
    answer: read(record.answer),
    runnerUp: runnerUp === null ? null : { ...runnerUp, output: outputToday(runnerUp.output, reading) },
    expected: read(record.expected),
  };
}
