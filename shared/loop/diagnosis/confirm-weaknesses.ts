import { z } from 'zod';
import type { Probe, ProbeResult } from '../../domain/diagnosis/probe.ts';
import { judgeWeakness } from '../../domain/diagnosis/weakness.ts';
import { answersToday } from '../../ports/answer-today.ts';
import { analystNamed } from '../../ports/back-ends.ts';
import { writeJson, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { answerOutOfFold } from '../engine/answer-out-of-fold.ts';
import { goOn } from '../engine/go-on.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { clusterRefSchema, weaknessRefSchema } from '../state/diagnosis.ts';
import { probingRecords, readCluster, readTrainingRecords } from '../state/material.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ recordsKey: true }),
  taxonomyKey: z.string(),
  cluster: clusterRefSchema,
});

/**
 * Tells a systematic weakness from chance: the champion answers probes made from records that the clustering never saw.
 * What the clustering saw and left out would not do: a cluster that took all failures of its region leaves only passes,
 * and every probe would pass. A probe is answered by a fold model that has not seen the trace that it is made of.
 */
export const confirmWeaknesses: LongStage<z.infer<typeof inputSchema>, z.infer<typeof weaknessRefSchema>> = {
  name: 'confirm-weaknesses',
  long: true,
  input: inputSchema,
  output: weaknessRefSchema,
  async run({ run, prepared, split, taxonomyKey, cluster: ref }, context) {
    const { ports, key } = context;
    const plan = await readPlan(prepared, ports);
    const { model, champion } = plan;
    const kind = kindOf(model, ports);
    const cluster = await readCluster(taxonomyKey, ref.clusterId, ports);
    const training = await readTrainingRecords(split, ports);
    const { places, passes, material, baseRate } = probingRecords(training);
    const count = model.settings.probesPerCluster;
    let probes: readonly Probe[] = [];
    if (count > 0) {
      const request = () => ({
        run: analystRun(plan),
        task: model.task,
        cluster,
        members: [...new Set(cluster.traceIds)]
          .flatMap((traceId) => places.get(traceId) ?? [])
          .sort((a, b) => a - b)
          .flatMap((place) => training[place] ?? []),
        passes,
        material,
        count,
        random: ports.random.stream(run.seed, `probes/${cluster.clusterId}`),
      });
      const progress = await goOn(analystNamed(model.analyst, ports).probes, key('probes'), request, context);
      if (progress instanceof Unfinished) return progress;
      probes = progress.value;
    }
    const answers = await answerOutOfFold(
      {
        name: 'probes',
        checkpoint: champion,
        today: answersToday(champion, model, ports),
        paidBy: analystRun(plan),
        items: probes.map(({ input, traceId }) => {
          const { folds = [], use = 'none' } = training[places.get(traceId) ?? -1] ?? {};
          return { input, traceId, folds, use };
        }),
      },
      context,
    );
    if (answers instanceof Unfinished) return answers;
    // Probes that the budget does not cover tell nothing.
    const results = probes.flatMap((probe, index): ProbeResult[] => {
      const given = answers[index] ?? null;
      if (given === null) return [];
      return [{ ...probe, answer: given.output, failed: !kind.grade(probe.expected, given.output).right }];
    });
    const weakness = judgeWeakness({
      clusterId: cluster.clusterId,
      results,
      notAsked: probes.length - results.length,
      baseRate,
    });
    const weaknessKey = key('weakness.json');
    const probesKey = key('probes.jsonl');
    await writeJsonl(ports.objects, probesKey, results);
    await writeJson(ports.objects, weaknessKey, weakness);
    return { clusterId: cluster.clusterId, weaknessKey, probesKey, verdict: weakness.verdict };
  },
};
