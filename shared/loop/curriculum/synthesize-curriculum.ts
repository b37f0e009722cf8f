import { z } from 'zod';
import { planFor } from '../../domain/curriculum/curriculum-plan.ts';
import { selectForCluster } from '../../domain/curriculum/select-for-cluster.ts';
import { probeResultSchema, weaknessSchema } from '../../domain/diagnosis/probe.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import { readJson, readJsonl, writeJson } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { LongStage } from '../engine/stage.ts';
import { partRefSchema } from '../state/curriculum.ts';
import { weaknessRefSchema } from '../state/diagnosis.ts';
import { iterationRefSchema } from '../state/iteration.ts';
import { readCluster, readTrainingRecords } from '../state/material.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';
import { remainingFailures } from './remaining-failures.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ recordsKey: true }),
  taxonomyKey: z.string(),
  weakness: weaknessRefSchema,
  step: iterationRefSchema,
});

/** Chooses gold and hard negatives for one cluster of failures. */
export const synthesizeCurriculum: LongStage<z.infer<typeof inputSchema>, z.infer<typeof partRefSchema>> = {
  name: 'synthesize-curriculum',
  long: true,
  input: inputSchema,
  output: partRefSchema,
  async run({ prepared, split, taxonomyKey, weakness, step }, { ports, key }) {
    const { model, parentExamplesKey } = await readPlan(prepared, ports);
    const kind = kindOf(model, ports);
    const cluster = await readCluster(taxonomyKey, weakness.clusterId, ports);
    const training = await readTrainingRecords(split, ports);
    const memberIds = new Set(cluster.traceIds);
    const selection = selectForCluster({
      cluster,
      weakness: await readJson(ports.objects, weakness.weaknessKey, weaknessSchema),
      members: training.filter((record) => memberIds.has(record.traceId)),
      passes: training.filter((record) => record.verdict === 'pass'),
      failingProbes: (await readJsonl(ports.objects, weakness.probesKey, probeResultSchema)).filter(
        (probe) => probe.failed,
      ),
      parent: await readJsonl(ports.objects, parentExamplesKey, exampleSchema),
      plan: planFor(step.move, model.settings),
      kind,
      ...(await remainingFailures(step, training, kind, ports)),
    });
    const partKey = key('selection.json');
    await writeJson(ports.objects, partKey, selection);
    return {
      clusterId: cluster.clusterId,
      key: partKey,
      gold: selection.gold.length,
      hardNegatives: selection.hardNegatives.length,
    };
  },
};
