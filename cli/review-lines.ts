import type { TaskKind } from '../shared/domain/base/task-kind.ts';
import { percent } from '../shared/domain/base/wording.ts';
import { printableLine } from './printable.ts';
import type { CommandResult } from './results.ts';

type Card = CommandResult<'review'>;

/** Cards of the review queue for people: what was answered, what is on record, why to look, and the text's beginning. */
export function reviewLines(cards: readonly Card[], kind: Pick<TaskKind, 'show'>): readonly string[] {
  return cards.flatMap(({ traceId, like, input, output, confidence, verdict, expected, why }) => {
    const alike = like === 0 ? '' : ` and ${like} like it`;
    const sure = confidence === null ? '' : ` (${percent(confidence, 0)})`;
    const right = expected === null ? '' : `, ${kind.show(expected)} is right`;
    const judged = verdict === null ? '' : `; judged to ${verdict}${verdict === 'fail' ? right : ''}`;
    return [
      printableLine(`${traceId}${alike}: answered ${kind.show(output)}${sure}${judged}`, 300),
      printableLine(`    ${input}`, 200),
      ...why.map(({ kind: reason, text }) => printableLine(`    ${reason}: ${text}`, 300)),
    ];
  });
}
