import { z } from 'zod';
import { planFor } from '../../domain/curriculum/curriculum-plan.ts';
import { selectForCluster } from '../../domain/curriculum/select-for-cluster.ts';
import { withWritten } from '../../domain/curriculum/with-written.ts';
import { probeResultSchema, weaknessSchema } from '../../domain/diagnosis/probe.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import { readJson, readJsonl, writeJson } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { partRefSchema } from '../state/curriculum.ts';
import { weaknessRefSchema } from '../state/diagnosis.ts';
import { iterationRefSchema } from '../state/iteration.ts';
import { lineageSchema } from '../state/lineage.ts';
import { passesOf, readCluster, readTrainingRecords } from '../state/material.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';
import { remainingFailures } from './remaining-failures.ts';
import { writtenFor } from './written-for.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ recordsKey: true }),
  taxonomyKey: z.string(),
  weakness: weaknessRefSchema,
  step: iterationRefSchema,
  lineage: lineageSchema.pick({ preceding: true, earlier: true }),
});
type Input = z.infer<typeof inputSchema>;

/**
 * Chooses gold and hard negatives for one cluster of failures. Where the model's analyst writes examples, what it wrote
 * for the cluster in the first iteration goes into every dataset of the run, and what it writes for the failures that
 * remain into an augmenting one: a dataset that is only put together anew, which may be done ahead, asks nobody.
 */
export const synthesizeCurriculum: LongStage<Input, z.infer<typeof partRefSchema>> = {
  name: 'synthesize-curriculum',
  long: true,
  input: inputSchema,
  output: partRefSchema,
  async run(input, context) {
    const { prepared, split, taxonomyKey, weakness: ref, step } = input;
    const { ports, key } = context;
    const plan = await readPlan(prepared, ports);
    const { model, parentExamplesKey } = plan;
    const kind = kindOf(model, ports);
    const cluster = await readCluster(taxonomyKey, ref.clusterId, ports);
    const training = await readTrainingRecords(split, ports);
    const memberIds = new Set(cluster.traceIds);
    const weakness = await readJson(ports.objects, ref.weaknessKey, weaknessSchema);
    const members = training.filter((record) => memberIds.has(record.traceId));
    const probes = await readJsonl(ports.objects, ref.probesKey, probeResultSchema);
    const failingProbes = probes.filter((probe) => probe.failed);
    const remaining = await remainingFailures(step, training, kind, ports);
    const chosen = selectForCluster({
      cluster,
      weakness,
      members,
      passes: passesOf(training),
      failingProbes,
      parent: await readJsonl(ports.objects, parentExamplesKey, exampleSchema),
      plan: planFor(step.move, model.settings),
      kind,
      ...remaining,
    });
    const near = new Set(chosen.hardNegatives.flatMap(({ provenance: of }) => ('traceId' in of ? [of.traceId] : [])));
    const writing = await writtenFor(
      {
        input,
        plan,
        cluster,
        isRefuted: weakness.verdict === 'refuted',
        members: members.filter(
          ({ traceId, verdict }) => verdict === 'fail' && remaining.remaining?.has(traceId) !== false,
        ),
        passes: passesOf(training).filter(({ traceId }) => near.has(traceId)),
        failingProbes,
      },
      context,
    );
    if (writing instanceof Unfinished) return writing;
    const selection = withWritten(chosen, writing);
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
