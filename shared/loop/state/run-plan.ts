import { z } from 'zod';
import { evaluationSetSchema } from '../../domain/evaluation/evaluation-set.ts';
import { partsSchema } from '../../domain/evaluation/fold.ts';
import { checkpointSchema } from '../../domain/models/checkpoint.ts';
import { datasetSchema } from '../../domain/models/dataset.ts';
import { modelSchema } from '../../domain/models/model.ts';
import { rolledBackSchema } from '../../domain/models/rolled-back.ts';
import { runSchema } from '../../domain/models/run.ts';
import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { lineageIdSchema, objectKeySchema } from './limits.ts';

/** All that a run pins when it begins: later changes of the model, the champion or the lineage do not reach it. */
export const runPlanSchema = z.strictObject({
  run: runSchema,
  model: modelSchema,
  champion: checkpointSchema,
  /** The champion's own dataset. */
  parentDataset: datasetSchema,
  /** Object key of the examples of it that no person has since refuted. */
  parentExamplesKey: z.string(),
  /**
   * Object key of the examples of it whose label was split since, as they were, for a person to label anew: they train
   * nothing. Absent where the labels were never changed.
   */
  leftOpenExamplesKey: z.string().optional(),
  /** How many parts the folds are used in by this run. */
  parts: partsSchema,
  /** The most judged traces of each fold that can be evidence; absent in plans of earlier versions. */
  mostEvidence: z.array(z.int()).optional(),
  /** Sets frozen by earlier promotions, latest versions, oldest first. */
  frozenSets: z.array(evaluationSetSchema),
  /** Checkpoints that people took back, and that were not released. */
  rolledBack: z.array(rolledBackSchema).optional(),
  /** Older traces that the snapshot leaves out, and what bounds it; absent where it has all. */
  leftOut: z.strictObject({ traces: z.int().positive(), by: z.enum(['setting', 'place']) }).optional(),
  /** State of the trace log that the snapshot was read from. */
  logVersion: z.string(),
});
export type RunPlan = z.infer<typeof runPlanSchema>;

/** What prepare-run tells all later stages. */
export const preparedSchema = z.strictObject({
  planKey: objectKeySchema,
  championId: lineageIdSchema,
  traces: z.int(),
});
export type Prepared = z.infer<typeof preparedSchema>;

/** Reads the run's pinned plan. @throws RatchetError ObjectMissing */
export function readPlan(prepared: Prepared, ports: Ports): Promise<RunPlan> {
  return readJson(ports.objects, prepared.planKey, runPlanSchema);
}
