import { z } from 'zod';
import { jsonSchema } from '../../domain/base/json.ts';
import { analystNamed } from '../../ports/back-ends.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { goOn } from '../engine/go-on.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { analysisSchema, taxonomyRefSchema } from '../state/diagnosis.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, analyses: z.array(analysisSchema) });

/** Groups the failures into clusters with profile, root cause and evidence. */
export const buildTaxonomy: LongStage<z.infer<typeof inputSchema>, z.infer<typeof taxonomyRefSchema>> = {
  name: 'build-taxonomy',
  long: true,
  input: inputSchema,
  output: taxonomyRefSchema,
  async run({ prepared, analyses }, context) {
    const { ports, key } = context;
    const plan = await readPlan(prepared, ports);
    const { model } = plan;
    const taxonomyKey = key('taxonomy.json');
    const request = async () => ({
      run: analystRun(plan),
      task: model.task,
      analyses: await Promise.all(analyses.map((analysis) => readJson(ports.objects, analysis.key, jsonSchema))),
      smallestCluster: model.settings.smallestCluster,
      maxClusters: model.settings.maxClusters,
    });
    const progress = await goOn(analystNamed(model.analyst, ports).taxonomy, taxonomyKey, request, context);
    if (progress instanceof Unfinished) return progress;
    const taxonomy = progress.value;
    await writeJson(ports.objects, taxonomyKey, taxonomy);
    return {
      taxonomyKey,
      clusters: taxonomy.clusters.map(({ clusterId, size }) => ({ clusterId, size })),
      unclustered: taxonomy.unclustered,
    };
  },
};
