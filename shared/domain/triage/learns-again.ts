import type { TaskKind } from '../base/task-kind.ts';
import type { JudgedRecord } from '../traces/trace-record.ts';
import { isOfPerson } from './of-person.ts';
import type { OutOfFold } from './off-domain.ts';

/**
 * Whether the second pass learns from a record: a person judged it, or its given label is the first pass's answer out
 * of fold. So what a judge gets wrong at random, or by a rule that the first pass did not learn, is not learnt again.
 * @param first what the first pass says of the record; undefined where it says nothing
 */
export function learnsAgain(
  record: Pick<JudgedRecord, 'expected' | 'judgement'>,
  first: OutOfFold | undefined,
  kind: Pick<TaskKind, 'key'>,
): boolean {
  if (record.expected === null) return false;
  return isOfPerson(record) || (first !== undefined && likeliest(first) === kind.key(record.expected));
}

/** The first of equals. */
function likeliest({ labels, probabilities }: OutOfFold): string | undefined {
  let best = 0;
  for (let at = 1; at < labels.length; at += 1) if ((probabilities[at] ?? 0) > (probabilities[best] ?? 0)) best = at;
  return labels[best];
}
