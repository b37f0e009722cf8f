import { normalisedText } from '../base/text.ts';
import type { Example } from '../models/example.ts';
import { type Output, sameOutput } from '../models/task.ts';
import type { PinnedRecord } from '../traces/trace-record.ts';

/**
 * The examples that no person speaks against: whoever judged a trace of the same input (by {@link normalisedText}) gave its output as the right one, or
 * called another one wrong. Judgements of models and rules refute nothing.
 */
export function withoutRefuted(examples: readonly Example[], records: readonly PinnedRecord[]): Example[] {
  const said = Map.groupBy(
    records.filter(({ judgement }) => judgement?.judge.kind === 'human'),
    ({ input }) => normalisedText(input),
  );
  return examples.filter(
    ({ input, output }) => !said.get(normalisedText(input))?.some((word) => refutes(word, output)),
  );
}

function refutes({ judgement, recorded }: PinnedRecord, output: Output): boolean {
  if (judgement === null) return false;
  if (judgement.expected !== null) return !sameOutput(judgement.expected, output);
  return recorded !== null && sameOutput(recorded, output) === (judgement.verdict === 'fail');
}
