import { z } from 'zod';
import { isUsableRecord, splitRecordSchema } from '../../domain/traces/trace-record.ts';
import { analystNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJson } from '../../ports/documents.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { goOn } from '../engine/go-on.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { analysisSchema } from '../state/diagnosis.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { shardSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, shard: shardSchema });

/** Reads one shard of records: its failures, and what its passing records look like beside them. */
export const analyzeFailures: LongStage<z.infer<typeof inputSchema>, z.infer<typeof analysisSchema>> = {
  name: 'analyze-failures',
  long: true,
  input: inputSchema,
  output: analysisSchema,
  async run({ prepared, shard }, context) {
    const { ports, key } = context;
    const plan = await readPlan(prepared, ports);
    const { model } = plan;
    const records = (await readJsonl(ports.objects, shard.key, splitRecordSchema)).filter(isUsableRecord);
    const analysisKey = key('analysis.json');
    const { analyze } = analystNamed(model.analyst, ports);
    const request = () => ({ run: analystRun(plan), shardId: shard.shardId, task: model.task, records });
    const progress = await goOn(analyze, analysisKey, request, context);
    if (progress instanceof Unfinished) return progress;
    await writeJson(ports.objects, analysisKey, progress.value);
    return {
      shardId: shard.shardId,
      key: analysisKey,
      failures: records.filter(({ verdict }) => verdict === 'fail').length,
    };
  },
};
