import { z } from 'zod';
import { pinnedRecordSchema, type SnapshotRecord } from '../../domain/traces/trace-record.ts';
import { answersToday } from '../../ports/answer-today.ts';
import { predictorNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { answerOutOfFold } from '../engine/answer-out-of-fold.ts';
import { answersOnRecord } from '../engine/answers-on-record.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { answeredSchema, chunkSchema } from '../state/snapshot.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, chunk: chunkSchema });

/**
 * The champion answers one chunk of the snapshot anew, so that what it has since learnt no longer counts as its
 * failure; out of fold, so that what it has merely seen does not count as learnt. What the budget does not cover asking it
 * is left out, and counted. It is not asked where that costs something and there is too little for the trainer whatever it
 * answers: then its answers are those on record.
 */
export const answerTraces: LongStage<z.infer<typeof inputSchema>, z.infer<typeof answeredSchema>> = {
  name: 'answer-traces',
  long: true,
  input: inputSchema,
  output: answeredSchema,
  async run({ prepared, chunk }, context) {
    const { ports, key } = context;
    const plan = await readPlan(prepared, ports);
    const { champion, model } = plan;
    const records = await readJsonl(ports.objects, chunk.key, pinnedRecordSchema);
    const answeredKey = key('answered.jsonl');
    if (answersOnRecord(plan, ports)) {
      const onRecord = records.map((record) => ({ ...record, answer: record.recorded, confidence: 0, runnerUp: null }));
      await writeJsonl(ports.objects, answeredKey, onRecord);
      return { chunkId: chunk.chunkId, answeredKey };
    }
    const request = {
      name: 'answers',
      checkpoint: champion,
      items: records,
      alternatives: 2,
      unit: 'traces answered',
      today: answersToday(champion, model, ports),
      paidBy: analystRun(plan),
    };
    const answers = await answerOutOfFold(request, context);
    if (answers instanceof Unfinished) return answers;
    const answered = records.flatMap((record, index): SnapshotRecord[] => {
      const answer = answers[index] ?? null;
      if (answer === null) return [];
      const { output, confidence, alternatives } = answer;
      return [{ ...record, answer: output, confidence, runnerUp: alternatives[1] ?? null }];
    });
    await writeJsonl(ports.objects, answeredKey, answered);
    const notAsked = records.filter((_, index) => (answers[index] ?? null) === null).map(({ input }) => input);
    if (notAsked.length === 0) return { chunkId: chunk.chunkId, answeredKey };
    const most = await predictorNamed(champion.served.predictor, ports).mostCost?.(champion.served, notAsked);
    return { chunkId: chunk.chunkId, answeredKey, notAsked: notAsked.length, notAskedUsd: most ?? 0 };
  },
};
