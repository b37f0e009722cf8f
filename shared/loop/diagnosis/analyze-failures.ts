import { z } from 'zod';
import { sidedRecordSchema, type UsableRecord } from '../../domain/traces/trace-record.ts';
import { analystNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJson } from '../../ports/documents.ts';
import { toEnd } from '../../ports/to-end.ts';
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
  async run({ prepared, shard }, context) {
    const { ports, key } = context;
    const { model } = await readPlan(prepared, ports);
    const records = (await readJsonl(ports.objects, shard.key, sidedRecordSchema)) as UsableRecord[];
    const analysisKey = key('analysis.json');
    const request = { shardId: shard.shardId, task: model.task, records };
    const analysis = await toEnd(analystNamed(model.analyst, ports).analyze, analysisKey, request, context.deadline);
    await writeJson(ports.objects, analysisKey, analysis);
    return {
      shardId: shard.shardId,
      key: analysisKey,
      failures: records.filter(({ verdict }) => verdict === 'fail').length,
    };
  },
};
