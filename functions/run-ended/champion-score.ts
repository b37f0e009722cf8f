import { z } from 'zod';
import { runResultSchema } from '../../shared/loop/state/run-result.ts';

const { decision, scores } = runResultSchema.shape;
/** The part of a run's result that the dashboard shows. */
export const scoredSchema = z.object({ decision, scores });

/** The score out of fold, after the run, of whichever checkpoint is the champion then; null where none was measured. */
export function championScore(result: z.infer<typeof scoredSchema> | null): number | null {
  const scored = result?.decision === 'promoted' ? result.scores.after : result?.scores.before;
  return scored?.traffic ?? null;
}
