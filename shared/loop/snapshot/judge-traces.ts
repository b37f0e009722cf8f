import { z } from 'zod';
import { judgeRecord } from '../../domain/traces/judging.ts';
import { snapshotRecordSchema } from '../../domain/traces/trace-record.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import type { Stage } from '../engine/stage.ts';
import { judgedSchema } from '../state/judged.ts';
import { preparedSchema } from '../state/run-plan.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema });
/** Gives a verdict on each answer of the champion: ready-made judgements first, the rule judge (exact match) where the right output is known. */
export const judgeTraces: Stage<z.infer<typeof inputSchema>, z.infer<typeof judgedSchema>> = {
  name: 'judge-traces',
  input: inputSchema,
  output: judgedSchema,
  async run({ prepared }, { ports, key }) {
    const judged = (await readJsonl(ports.objects, prepared.snapshotKey, snapshotRecordSchema)).map(judgeRecord);
    const judgedKey = key('judged.jsonl');
    await writeJsonl(ports.objects, judgedKey, judged);
    const count = (verdict: string) => judged.filter((record) => record.verdict === verdict).length;
    return { judgedKey, passes: count('pass'), failures: count('fail'), unknown: count('unknown') };
  },
};
