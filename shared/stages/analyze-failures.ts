import { z } from 'zod';
import { sidedRecordSchema, type UsableRecord } from '../domain/trace-record.ts';
import { readJsonl, writeJson } from './jsonl.ts';
import { preparedSchema, readPlan } from './run-plan.ts';
import { shardSchema } from './split-traces.ts';
import { type Stage, stageHead } from './stage.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, shard: shardSchema });

export const analysisSchema = z.strictObject({ shardId: z.string(), key: z.string(), failures: z.int() });

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
