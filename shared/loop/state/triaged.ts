import { z } from 'zod';
import { objectKeySchema } from './limits.ts';

export const triagedSchema = z.strictObject({
  triagedKey: objectKeySchema,
  /** What was judged of the champion's answers. */
  passes: z.int(),
  failures: z.int(),
  unknown: z.int(),
  clean: z.int(),
  fixableNoise: z.int(),
  poison: z.int(),
  suspects: z.int(),
  /** What came of judges that must agree with people; null where there are none. */
  judgesKey: objectKeySchema.nullable().default(null),
  /** Traces that the champion was not asked about, as the budget did not cover it; absent where it was asked about all. */
  notAsked: z.int().positive().optional(),
  /** The most that asking about these may cost, US dollars; absent as `notAsked` is. */
  notAskedUsd: z.number().optional(),
});
