import { z } from 'zod';

/** What one process tells of one encoder on one set of texts. */
export const measurementSchema = z.object({
  texts: z.int(),
  /** Wall seconds from the start of the process to the first embedding. */
  firstSeconds: z.number(),
  /** Wall and CPU seconds for all texts, once the encoder is warm. */
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakMiB: z.number(),
  /** Of 100 texts embedded alone, those that come out otherwise than among all the others, be it by one bit. */
  otherAlone: z.int(),
});
export type Measurement = z.infer<typeof measurementSchema>;
