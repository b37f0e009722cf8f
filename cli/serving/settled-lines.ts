import { plural } from '../../shared/domain/base/wording.ts';
import type { Settled } from '../../shared/serving/settle-journal.ts';

/** What people should know of judgements that do not count yet, or never will: none of it a text of theirs. */
export function settledLines({ modelId, parked, held, refused }: Settled): readonly string[] {
  return [
    ...(parked === 0
      ? []
      : [
          `Feedback for ${modelId}: ${plural(parked, 'judgement')} of traces not here yet: they count once those come.`,
        ]),
    ...(held === 0
      ? []
      : [
          `Feedback for ${modelId}: ${plural(held, 'judgement')} held, as they name what the model does not know: they count once it does (ratchet labels ${modelId} add LABEL, or rename OLD NEW).`,
        ]),
    ...(refused === 0
      ? []
      : [
          `Feedback for ${modelId}: ${plural(refused, 'judgement')} that cannot be of the trace named: in quarantine/${modelId}, with the reason.`,
        ]),
  ];
}
