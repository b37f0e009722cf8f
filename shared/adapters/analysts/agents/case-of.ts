import type { Case } from '../../../agents/case.ts';
import type { TaskKind } from '../../../domain/base/task-kind.ts';
import { wayToAnswer } from '../../../domain/steps/shown-steps.ts';
import type { UsableRecord } from '../../../domain/traces/trace-record.ts';

const longestInput = 4_000;
/** Steps are long: those of more cases would not fit into what an agent carries from one slice to the next. */
const mostWithSteps = 300;

/** A record as agents may look at it. */
function caseOf(record: UsableRecord, kind: Pick<TaskKind, 'show'>): Case {
  const { traceId, input, expected, answer, confidence, verdict } = record;
  const way = wayToAnswer(record, kind);
  return {
    traceId,
    input: input.slice(0, longestInput).toWellFormed(),
    expected,
    answer,
    confidence,
    failed: verdict === 'fail',
    ...(way !== null && { way }),
  };
}

/** Records as agents may look at them; only the first that have steps show theirs. */
export function casesOf(records: readonly UsableRecord[], kind: Pick<TaskKind, 'show'>): readonly Case[] {
  let left = mostWithSteps;
  return records.map((record) => {
    const one = caseOf(record, kind);
    if (one.way === undefined) return one;
    left -= 1;
    const { way: _, ...without } = one;
    return left >= 0 ? one : without;
  });
}
