import { z } from 'zod';
import { facetsOrNone } from '../../domain/base/facet-strata.ts';
import { digest } from '../../domain/base/ids.ts';
import { type AssemblyRequest, assembleDataset, type PlacedInput } from '../../domain/curriculum/assemble-dataset.ts';
import { planFor } from '../../domain/curriculum/curriculum-plan.ts';
import { examplesBeside } from '../../domain/curriculum/examples-beside.ts';
import { selectBoundary } from '../../domain/curriculum/select-boundary.ts';
import { restCluster, selectForCluster } from '../../domain/curriculum/select-for-cluster.ts';
import { taxonomySchema } from '../../domain/diagnosis/taxonomy.ts';
import { evidenceRecordSchema } from '../../domain/evaluation/evidence-record.ts';
import { datasetKey } from '../../domain/models/checkpoint-id.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import { isUsableRecord, type SplitRecord, splitRecordSchema, trains } from '../../domain/traces/trace-record.ts';
import { encodeJsonl, readJson, readJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Stage } from '../engine/stage.ts';
import { clusterSelectionSchema, curriculumSchema, partRefSchema } from '../state/curriculum.ts';
import { iterationRefSchema } from '../state/iteration.ts';
import { type Lineage, lineageSchema } from '../state/lineage.ts';
import { passesOf, readTrainingRecords } from '../state/material.ts';
import { preparedSchema, type RunPlan, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';
import { remainingFailures } from './remaining-failures.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ recordsKey: true }),
  taxonomyKey: z.string(),
  lineage: lineageSchema,
  parts: z.array(partRefSchema),
  step: iterationRefSchema,
});

/** Puts the clusters' parts together into the dataset that the lineage allows, checked for leaks and measured. */
export const assembleCurriculum: Stage<z.infer<typeof inputSchema>, z.infer<typeof curriculumSchema>> = {
  name: 'assemble-curriculum',
  input: inputSchema,
  output: curriculumSchema,
  async run(input, { ports }) {
    const plan = await readPlan(input.prepared, ports);
    const { model, run } = plan;
    const material = await readMaterial(input, plan, ports);
    const datasets: z.infer<typeof curriculumSchema>['datasets'] = [];
    for (const mode of input.lineage.modes) {
      if (mode === 'initial') continue;
      const { datasetId, examples, manifest } = assembleDataset({ ...material, mode });
      const key = datasetKey(model.modelId, datasetId);
      const bytes = encodeJsonl(examples);
      await ports.objects.put(key, bytes);
      await ports.lineage.putDataset({
        datasetId,
        modelId: model.modelId,
        parentId: input.lineage.parentDatasetId,
        mode,
        runId: run.runId,
        iteration: input.iteration,
        key,
        digest: digest(bytes),
        manifest,
        createdAt: run.startedAt,
      });
      if (!datasets.some((dataset) => dataset.datasetId === datasetId)) {
        datasets.push({ datasetId, key, mode, examples: examples.length });
      }
    }
    return { datasets };
  },
};

async function readMaterial(
  input: z.infer<typeof inputSchema>,
  { model, parentExamplesKey }: RunPlan,
  ports: Ports,
): Promise<Omit<AssemblyRequest, 'mode'>> {
  const kind = kindOf(model, ports);
  const plan = planFor(input.step.move, model.settings);
  const training = await readTrainingRecords(input.split, ports);
  const passes = passesOf(training);
  const failures = training.filter((record) => record.verdict === 'fail');
  const records = await readJsonl(ports.objects, input.split.recordsKey, splitRecordSchema);
  const parent = examplesBeside(
    records.map((record) => ({ input: record.input, teaches: isUsableRecord(record) && trains(record) })),
    await readJsonl(ports.objects, parentExamplesKey, exampleSchema),
  );
  const clusters = await Promise.all(
    input.parts.map((part) => readJson(ports.objects, part.key, clusterSelectionSchema)),
  );
  const { clusters: taxonomy } = await readJson(ports.objects, input.taxonomyKey, taxonomySchema);
  const clustered = new Set(taxonomy.flatMap((cluster) => cluster.traceIds));
  const rest = selectForCluster({
    cluster: restCluster,
    weakness: null,
    members: failures.filter((record) => !clustered.has(record.traceId)),
    passes,
    failingProbes: [],
    parent,
    plan,
    kind,
    ...(await remainingFailures(input.step, training, kind, ports)),
  });
  const selections = [...clusters, rest];
  const boundary = selectBoundary({
    passes,
    failuresByFacet: countBy(failures.flatMap((record) => facetsOrNone(kind.facets(record.expected)))),
    plan,
    kind,
  });
  const causes = countBy(selections.flatMap((part) => part.gold.map(() => part.cause)));
  return {
    gold: selections.flatMap((part) => part.gold),
    hardNegatives: selections.flatMap((part) => part.hardNegatives),
    boundary: boundary.gold,
    boundaryLeftOut: boundary.leftOut,
    parent: parent.length === 0 ? null : { datasetId: input.lineage.parentDatasetId, examples: parent },
    causes,
    placed: await placedInputs(records, input.lineage, ports),
    plan,
    task: model.task,
    kind,
  };
}

/** All records of the snapshot, and what earlier promotions froze. */
async function placedInputs(records: readonly SplitRecord[], lineage: Lineage, ports: Ports): Promise<PlacedInput[]> {
  const frozen = await Promise.all(
    [lineage.preceding.key, lineage.earlier.key].map((key) => readJsonl(ports.objects, key, evidenceRecordSchema)),
  );
  const placed = new Map<string, PlacedInput>();
  for (const { exampleId: traceId, input, folds } of frozen.flat()) {
    placed.set(traceId, { traceId, input, folds, use: 'evidence' });
  }
  for (const { traceId, input, folds, use } of records) placed.set(traceId, { traceId, input, folds, use });
  return [...placed.values()];
}

function countBy<T extends string>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
