import { z } from 'zod';
import { outputSchema } from '../base/output.ts';
import { foldSchema } from '../evaluation/fold.ts';
import { judgeKindSchema } from '../traces/judgement.ts';

export const sliceSchema = z.enum(['gold', 'hard-negative', 'replay']);
export type Slice = z.infer<typeof sliceSchema>;

/** The agent that wrote an example, and in which turn. */
export const writerSchema = z.strictObject({ runId: z.string(), agentId: z.string(), turn: z.int().positive() });
export type Writer = z.infer<typeof writerSchema>;

/** Where an example comes from: a trace, the parent dataset, the examples a model was created with, or a synthesis. */
export const provenanceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('trace'),
    traceId: z.string(),
    judge: judgeKindSchema.nullable(),
    clusterId: z.string().nullable(),
    why: z.string(),
  }),
  z.strictObject({ kind: z.literal('parent'), datasetId: z.string(), exampleId: z.string() }),
  z.strictObject({ kind: z.literal('file'), line: z.int().positive() }),
  z.strictObject({ kind: z.literal('probe'), probeId: z.string(), traceId: z.string(), clusterId: z.string() }),
  z.strictObject({
    kind: z.literal('synthesis'),
    /** Of a variant how it was made; `written` where an agent wrote it. */
    method: z.string(),
    traceId: z.string(),
    clusterId: z.string(),
    by: writerSchema.optional(),
  }),
]);
export type Provenance = z.infer<typeof provenanceSchema>;

/** One training example of a dataset version. */
export const exampleSchema = z.strictObject({
  exampleId: z.string(),
  input: z.string(),
  output: outputSchema,
  /** Sample weight in training, above 0; 1 is the weight of one plain example. */
  weight: z.number().positive(),
  slice: sliceSchema,
  provenance: provenanceSchema,
  /** The folds whose models must not train it; none for what trains everywhere. */
  folds: z.array(foldSchema).readonly().default([]),
});
export type Example = z.infer<typeof exampleSchema>;
