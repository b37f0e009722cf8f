import type { TaskKind } from '../shared/domain/base/task-kind.ts';
import { percent } from '../shared/domain/base/wording.ts';
import { printableLine } from './printable.ts';
import type { CommandResult } from './results.ts';

type Suspect = CommandResult<'suspects'>;

/** Suspect judgements for people: what was given and what is likely, by whom, why, and the text's beginning. */
export function suspectLines(suspects: readonly Suspect[], kind: Pick<TaskKind, 'show'>): readonly string[] {
  return suspects.flatMap((suspect) => {
    const { likely, probability, reason } = suspect.metadata.review;
    const { judge } = suspect;
    const given =
      suspect.expected === undefined
        ? `${suspect.verdict ?? 'nothing'} for ${kind.show(suspect.output)}`
        : kind.show(suspect.expected);
    const instead = likely === null ? '' : `, probably ${likely}`;
    const chance = probability === null ? '' : ` (${percent(probability, 0)})`;
    return [
      printableLine(`${suspect.traceId}: given ${given}${instead}${chance}, by ${judge.kind} judge ${judge.id}`, 300),
      printableLine(`    ${suspect.input}`, 200),
      printableLine(`    why: ${reason}`, 300),
    ];
  });
}
