import { z } from 'zod';
import { type JudgedAnswer, judgeRecord, withVerdict } from '../../domain/traces/judging.ts';
import { type JudgedRecord, snapshotRecordSchema } from '../../domain/traces/trace-record.ts';
import { judgeNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import type { AnswerToJudge } from '../../ports/judge.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { goOn } from '../engine/go-on.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { judgedSchema } from '../state/judged.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { answeredSchema } from '../state/snapshot.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, answered: answeredSchema });

/**
 * Gives a verdict on each answer of the champion in one chunk: ready-made judgements first, then the model's judge
 * where they do not settle it.
 */
export const judgeTraces: LongStage<z.infer<typeof inputSchema>, z.infer<typeof judgedSchema>> = {
  name: 'judge-traces',
  long: true,
  input: inputSchema,
  output: judgedSchema,
  async run({ prepared, answered }, context) {
    const { ports, key } = context;
    const { model } = await readPlan(prepared, ports);
    const kind = kindOf(model, ports);
    const records = await readJsonl(ports.objects, answered.answeredKey, snapshotRecordSchema);
    const judged = records.map((record) => judgeRecord(record, kind));
    const open = judged.flatMap(answerToJudge);
    const said = new Map<string, JudgedAnswer>();
    if (open.length > 0) {
      const request = () => ({ task: model.task, answers: open });
      const progress = await goOn(judgeNamed(model.judge, ports), key('judgements'), request, context, 'answers');
      if (progress instanceof Unfinished) return progress;
      for (const one of progress.value) said.set(one.traceId, one);
    }
    const judgedKey = key('judged.jsonl');
    await writeJsonl(
      ports.objects,
      judgedKey,
      judged.map((record) => withVerdict(record, said.get(record.traceId) ?? null)),
    );
    return { chunkId: answered.chunkId, judgedKey };
  },
};

function answerToJudge({ traceId, input, answer, expected, verdict, unsettled }: JudgedRecord): AnswerToJudge[] {
  // Where a judgement is held, or people disagree, no judge of lower rank takes their place.
  if (unsettled !== undefined) return [];
  return verdict === 'unknown' && answer !== null ? [{ traceId, input, answer, expected }] : [];
}
