import { z } from 'zod';

export const judgedSchema = z.strictObject({
  judgedKey: z.string(),
  passes: z.int(),
  failures: z.int(),
  unknown: z.int(),
});
