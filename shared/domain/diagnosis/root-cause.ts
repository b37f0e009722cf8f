import { z } from 'zod';

/** One vocabulary of root causes; the generation ones join with that task. */
export const rootCauseSchema = z.enum([
  'label-confusion',
  'missed-label',
  'false-alarm',
  'missed-entity',
  'spurious-entity',
  'wrong-type',
  'wrong-boundary',
  'surface-trap',
  'length',
  'noise',
  'calculation-error',
  'hallucinated-reasoning',
  'missing-constraint',
  'wrong-assumption',
  'tool',
  'prompt',
  'schema',
  'ambiguous',
  'out-of-scope',
]);
export type RootCause = z.infer<typeof rootCauseSchema>;

const externalCauses: ReadonlySet<RootCause> = new Set(['tool', 'prompt', 'schema', 'ambiguous', 'out-of-scope']);

/** Whether training can mend a failure of this cause (`fixable`) or not (`external`). */
export function fixability(cause: RootCause): 'fixable' | 'external' {
  return externalCauses.has(cause) ? 'external' : 'fixable';
}
