import { z } from 'zod';
import { objectKeySchema } from './limits.ts';

export const finalTestRefSchema = z.strictObject({
  /** Null where no candidate was decided on, so that the test sets stay shut. */
  testKey: objectKeySchema.nullable(),
});

const countSchema = z.strictObject({ right: z.int(), of: z.int() });

const breakdownSchema = z.strictObject({ name: z.string(), before: countSchema, after: countSchema });

export const finalTestSchema = z.strictObject({
  /** The candidate that the decision was about; deployed only if it was promoted. */
  checkpointId: z.string(),
  sets: z.array(z.strictObject({ name: z.string(), before: countSchema, after: countSchema })),
  byLabel: z.array(breakdownSchema),
  /** By what the traces' metadata names as their slice; empty where none does. */
  bySlice: z.array(breakdownSchema),
  /** All usable failures of the snapshot, those trained on included: the paper's own figure. */
  allFailuresFixed: countSchema,
  /** Test traffic by right output and answer, both as people read them. */
  confusion: z.array(
    z.strictObject({
      expected: z.string(),
      answered: z.string().nullable(),
      right: z.boolean(),
      before: z.int(),
      after: z.int(),
    }),
  ),
  /** Examples of traffic-test with both answers, for people to read. */
  answers: z.array(
    z.strictObject({
      exampleId: z.string(),
      input: z.string(),
      expected: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
  ),
});
export type FinalTest = z.infer<typeof finalTestSchema>;
