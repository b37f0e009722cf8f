import { z } from 'zod';

/** A decision of an agent, as it is written down. */
export const decisionSchema = z.strictObject({
  decision: z.strictObject({ kind: z.enum(['decision', 'plan']), text: z.string() }),
});
