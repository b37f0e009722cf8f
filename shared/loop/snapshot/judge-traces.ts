import { z } from 'zod';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { type JudgedAnswer, judgeRecord, withVerdict } from '../../domain/traces/judging.ts';
import { type JudgedRecord, snapshotRecordSchema } from '../../domain/traces/trace-record.ts';
import { judgeNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJson, writeJsonl } from '../../ports/documents.ts';
import type { AnswerToJudge } from '../../ports/judge.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { askJudge, sampleOf } from '../engine/ask-judge.ts';
import { goOn } from '../engine/go-on.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { stepsToJudge } from '../engine/steps-to-judge.ts';
import type { ChunkVerdicts } from '../state/judge-report.ts';
import { judgedSchema } from '../state/judged.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { answeredSchema } from '../state/snapshot.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, answered: answeredSchema });

/**
 * Gives a verdict on each answer of the champion in one chunk: ready-made judgements first, then the model's judge
 * where they do not settle it. What a judge says that must agree with people is kept apart: whether it does is known once
 * all chunks are judged.
 */
export const judgeTraces: LongStage<z.infer<typeof inputSchema>, z.infer<typeof judgedSchema>> = {
  name: 'judge-traces',
  long: true,
  input: inputSchema,
  output: judgedSchema,
  async run({ prepared, answered }, context) {
    const { ports, key } = context;
    const plan = await readPlan(prepared, ports);
    const { model } = plan;
    const kind = kindOf(model, ports);
    const records = await readJsonl(ports.objects, answered.answeredKey, snapshotRecordSchema);
    const judged = records.map((record) => judgeRecord(record, kind));
    const open = judged.flatMap((record) => answerToJudge(record, kind));
    const judge = judgeNamed(model.judge, ports);
    const judgedKey = key('judged.jsonl');
    const { chunkId, answeredKey: _, ...notAsked } = answered;
    if (judge.mustAgree) {
      const share = records.length / Math.max(1, prepared.traces);
      const asked = await askJudge(
        {
          judge,
          model,
          run: analystRun(plan),
          name: 'judgements',
          unit: 'answers',
          open: sampleOf(open, Math.ceil(model.settings.judgeLimit * share)),
          records,
          sample: Math.ceil(model.settings.agreementSample * share),
        },
        context,
      );
      if (asked instanceof Unfinished) return asked;
      const { answers, agreement, unusable, trouble, spent } = asked;
      const verdictsKey = key('verdicts.json');
      const verdicts: ChunkVerdicts = { name: judge.name, said: [...answers], agreement, unusable, trouble, spent };
      await writeJson(ports.objects, verdictsKey, verdicts);
      await writeJsonl(ports.objects, judgedKey, judged);
      return { chunkId, judgedKey, verdictsKey, ...notAsked };
    }
    const said = new Map<string, JudgedAnswer>();
    if (open.length > 0) {
      const { rubric } = model.settings;
      const request = () => ({
        task: model.task,
        rubric: rubric === '' ? null : rubric,
        run: analystRun(plan),
        answers: open,
      });
      const progress = await goOn(judge, key('judgements'), request, context, 'answers');
      if (progress instanceof Unfinished) return progress;
      for (const one of progress.value.answers) said.set(one.traceId, one);
    }
    await writeJsonl(
      ports.objects,
      judgedKey,
      judged.map((record) => withVerdict(record, said.get(record.traceId) ?? null)),
    );
    return { chunkId, judgedKey, verdictsKey: null, ...notAsked };
  },
};

function answerToJudge(record: JudgedRecord, kind: TaskKind): AnswerToJudge[] {
  const { traceId, input, answer, expected, verdict, unsettled } = record;
  // Where a judgement is held, or people disagree, no judge of lower rank takes their place.
  if (unsettled !== undefined) return [];
  if (verdict !== 'unknown' || answer === null) return [];
  const steps = stepsToJudge(record, kind);
  return [{ traceId, input, answer, expected, ...(steps !== null && { steps }) }];
}
