import { z } from 'zod';

export const triagedSchema = z.strictObject({
  triagedKey: z.string(),
  clean: z.int(),
  fixableNoise: z.int(),
  poison: z.int(),
  suspects: z.int(),
});
