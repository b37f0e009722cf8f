import type { Output } from '../base/output.ts';
import { sameAnswer } from '../base/same-answer.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { normalisedText } from '../base/text.ts';
import type { Example } from '../models/example.ts';
import type { PinnedRecord } from '../traces/trace-record.ts';

/**
 * The examples that no person speaks against: whoever judged a trace of the same input (by {@link normalisedText}) gave
 * its output as the right one, or called another one wrong. Judgements of models and rules refute nothing.
 */
export function withoutRefuted(
  examples: readonly Example[],
  records: readonly PinnedRecord[],
  kind: Pick<TaskKind, 'same'>,
): Example[] {
  const said = Map.groupBy(
    records.filter(({ judgement }) => judgement?.judge.kind === 'human'),
    ({ input }) => normalisedText(input),
  );
  return examples.filter(
    ({ input, output }) => !said.get(normalisedText(input))?.some((word) => refutes(word, output, kind)),
  );
}

function refutes({ judgement, recorded }: PinnedRecord, output: Output, kind: Pick<TaskKind, 'same'>): boolean {
  if (judgement === null) return false;
  if (judgement.expected !== null) return kind.same(judgement.expected, output) === false;
  return recorded !== null && sameAnswer(kind, recorded, output) === (judgement.verdict === 'fail');
}
