import { z } from 'zod';
import { judgeRecord } from '../../domain/traces/judging.ts';
import { snapshotRecordSchema } from '../../domain/traces/trace-record.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { LongStage } from '../engine/stage.ts';
import { judgedSchema } from '../state/judged.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { answeredSchema } from '../state/snapshot.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, answered: answeredSchema });
/**
 * Gives a verdict on each answer of the champion in one chunk: ready-made judgements first, the rule judge (exact match) where
 * the right output is known.
 */
export const judgeTraces: LongStage<z.infer<typeof inputSchema>, z.infer<typeof judgedSchema>> = {
  name: 'judge-traces',
  long: true,
  input: inputSchema,
  output: judgedSchema,
  async run({ prepared, answered }, { ports, key }) {
    const kind = kindOf((await readPlan(prepared, ports)).model, ports);
    const records = await readJsonl(ports.objects, answered.answeredKey, snapshotRecordSchema);
    const judged = records.map((record) => judgeRecord(record, kind));
    const judgedKey = key('judged.jsonl');
    await writeJsonl(ports.objects, judgedKey, judged);
    return { chunkId: answered.chunkId, judgedKey };
  },
};
