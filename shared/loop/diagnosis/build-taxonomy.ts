import { z } from 'zod';
import type { ShardAnalysis } from '../../ports/analyst.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import type { Stage } from '../engine/stage.ts';
import { analysisSchema, taxonomyRefSchema } from '../state/diagnosis.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, analyses: z.array(analysisSchema) });
/** Groups the failures into clusters with profile, root cause and evidence. */
export const buildTaxonomy: Stage<z.infer<typeof inputSchema>, z.infer<typeof taxonomyRefSchema>> = {
  name: 'build-taxonomy',
  input: inputSchema,
  output: taxonomyRefSchema,
  async run({ prepared, analyses }, { ports, key }) {
    const { model } = await readPlan(prepared, ports);
    const taxonomy = await ports.analyst.buildTaxonomy({
      task: model.task,
      analyses: await Promise.all(
        analyses.map((analysis) => readJson(ports.objects, analysis.key, shardAnalysisSchema)),
      ),
      smallestCluster: model.settings.smallestCluster,
      maxClusters: model.settings.maxClusters,
    });
    const taxonomyKey = key('taxonomy.json');
    await writeJson(ports.objects, taxonomyKey, taxonomy);
    return {
      taxonomyKey,
      clusters: taxonomy.clusters.map(({ clusterId, size }) => ({ clusterId, size })),
      unclustered: taxonomy.unclustered,
    };
  },
};

/** Written by the analyst of the same run; its own business. */
const shardAnalysisSchema = z.custom<ShardAnalysis>(
  (value) => typeof value === 'object' && value !== null && 'failures' in value,
);
