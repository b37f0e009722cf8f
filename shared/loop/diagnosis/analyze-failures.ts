import { z } from 'zod';
import { sidedRecordSchema, type UsableRecord } from '../../domain/traces/trace-record.ts';
import { readJsonl, writeJson } from '../../ports/documents.ts';
import type { Stage } from '../engine/stage.ts';
import { analysisSchema } from '../state/diagnosis.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { shardSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, shard: shardSchema });
/** Reads one shard of training-side records: its failures, and what its passing records look like beside them. */
export const analyzeFailures: Stage<z.infer<typeof inputSchema>, z.infer<typeof analysisSchema>> = {
  name: 'analyze-failures',
  input: inputSchema,
  output: analysisSchema,
  async run({ prepared, shard }, { ports, key }) {
    const { model } = await readPlan(prepared, ports);
    const records = (await readJsonl(ports.objects, shard.key, sidedRecordSchema)) as UsableRecord[];
    const analysis = await ports.analyst.analyzeShard({ shardId: shard.shardId, task: model.task, records });
    const analysisKey = key('analysis.json');
    await writeJson(ports.objects, analysisKey, analysis);
    return { shardId: shard.shardId, key: analysisKey, failures: analysis.failures.length };
  },
};
