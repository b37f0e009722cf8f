import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { type EvaluationAnswer, evaluationAnswerSchema } from '../../domain/evaluation/evaluation-set.ts';
import { evidenceRecordSchema } from '../../domain/evaluation/evidence-record.ts';
import type { Model } from '../../domain/models/model.ts';
import { type Verdict, verdictSchema } from '../../domain/traces/judgement.ts';
import { splitRecordSchema } from '../../domain/traces/trace-record.ts';
import { judgeNamed } from '../../ports/back-ends.ts';
import { readJson, readJsonl, writeJson, writeJsonl } from '../../ports/documents.ts';
import type { AnswerToJudge, Judge } from '../../ports/judge.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { leavesUndecided } from '../../ports/leaves-undecided.ts';
import type { Ports } from '../../ports/ports.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { judgingFileName } from '../engine/gate-file.ts';
import { goOn } from '../engine/go-on.ts';
import { type LongStage, type StageContext, stageKey, Unfinished } from '../engine/stage.ts';
import { evaluatedSchema, type judgingSchema } from '../state/evaluation.ts';
import { judgesFileSchema } from '../state/judge-report.ts';
import { mostCandidates } from '../state/limits.ts';
import { lineageSchema } from '../state/lineage.ts';
import { preparedSchema, type RunPlan, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { type StageHead, stageHead } from '../state/stage-head.ts';
import { triagedSchema } from '../state/triaged.ts';
import {
  firstUnasked,
  inOrderOfJudging,
  knownVerdicts,
  questionsAbout,
  type Weighed,
  withKnown,
} from './open-answers.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ recordsKey: true, evidence: true }),
  triaged: triagedSchema.pick({ judgesKey: true }),
  lineage: lineageSchema.pick({ preceding: true, earlier: true }),
  evaluated: z.array(evaluatedSchema).max(mostCandidates),
});
type Input = z.infer<typeof inputSchema>;

/** What the judge said of one question; null for nothing that can be used. No text of a trace. */
const saidSchema = z.strictObject({ question: z.string(), verdict: verdictSchema.nullable() });
type Said = z.infer<typeof saidSchema>;

const saidFile = 'said.jsonl';

/**
 * Puts to the model's judge what candidates answer and only somebody can tell to be as good as the right output: as the
 * champion's answers were, with the same words beside them, and all candidates' together, so that it can know of none whose
 * it is. What was said already is not asked again. Where it counts but does not come to the end, because the budget is
 * spent, records it has not come to count for no candidate.
 */
export const judgeCandidates: LongStage<Input, readonly z.infer<typeof evaluatedSchema>[]> = {
  name: 'judge-candidates',
  long: true,
  input: inputSchema,
  output: z.array(evaluatedSchema).max(mostCandidates),
  async run(input, context) {
    const { ports, key } = context;
    const candidates = await Promise.all(
      input.evaluated.map(async (of) => ({
        of,
        answers: await readJsonl(ports.objects, of.answersKey, evaluationAnswerSchema),
      })),
    );
    if (!candidates.some(({ answers }) => answers.some(({ undecided }) => undecided === true))) return input.evaluated;
    const plan = await readPlan(input.prepared, ports);
    const kind = kindOf(plan.model, ports);
    const records = inOrderOfJudging(await recordsOf(input, ports));
    const byRecord = candidates.map(({ answers }) => new Map(answers.map((one) => [one.exampleId, one])));
    const onRecord = await readJsonl(ports.objects, input.split.recordsKey, splitRecordSchema);
    const { earlier, own } = await saidBefore(input, ports);
    const before = saidOf([...earlier, ...own]);
    const open = questionsAbout(records, byRecord, knownVerdicts(onRecord, before, kind), kind);
    const asked = await askAbout(open, candidates.length, plan, input, context);
    if (asked instanceof Unfinished) return asked;
    const said = [...own, ...asked.said];
    await writeJsonl(ports.objects, key(saidFile), said);
    const judging: z.infer<typeof judgingSchema> = { stopped: asked.stopped };
    await writeJson(ports.objects, key(judgingFileName), judging);
    const known = knownVerdicts(onRecord, saidOf([...earlier, ...said]), kind);
    const end = asked.counts ? firstUnasked(records, byRecord, known) : -1;
    const place = new Map(records.map((record, at) => [record.exampleId, { record, at }]));
    const isBeyond = (at: number) => end !== -1 && at >= end;
    return Promise.all(
      candidates.map(async ({ of, answers }) => {
        const judged = answers.map((answer): EvaluationAnswer => {
          const found = place.get(answer.exampleId);
          if (found === undefined) return answer;
          const after = withKnown(found.record, answer, known);
          return isBeyond(found.at) && after.undecided !== true ? { ...after, leftOut: true } : after;
        });
        const answersKey = key(`${of.candidateId}.jsonl`);
        await writeJsonl(ports.objects, answersKey, judged);
        const right = judged.filter((answer) => answer.right).length;
        return { ...of, answersKey, right };
      }),
    );
  },
};

/** What candidates were asked about, the newest of each; see `evaluateCandidates`. */
async function recordsOf({ split, lineage }: Input, { objects }: Ports): Promise<readonly Weighed[]> {
  const keys = [lineage.earlier.key, lineage.preceding.key, split.evidence.key];
  const files = await Promise.all(keys.map((file) => readJsonl(objects, file, evidenceRecordSchema)));
  return [...new Map(files.flat().map((record) => [record.exampleId, record])).values()];
}

interface Asked {
  /** Whether the judge's verdicts count. */
  readonly counts: boolean;
  readonly said: readonly Said[];
  /** Why it was asked no further, or not at all; null where it was asked about all. */
  readonly stopped: string | null;
}

async function askAbout(
  open: readonly AnswerToJudge[],
  candidates: number,
  plan: RunPlan,
  { triaged }: Input,
  context: StageContext,
): Promise<Asked | Unfinished> {
  const { model } = plan;
  const { ports, key } = context;
  const judge = judgeNamed(model.judge, ports);
  if (leavesUndecided(model, ports)) {
    return { counts: false, said: [], stopped: `The judge ${judge.name} cannot tell; --judge llm could.` };
  }
  const distrust = await whyNot(judge, triaged, ports);
  if (distrust !== null) return { counts: false, said: [], stopped: distrust };
  const limit = judge.mustAgree ? model.settings.judgeLimit * candidates : Number.POSITIVE_INFINITY;
  const answers = open.slice(0, limit);
  if (answers.length === 0) return { counts: true, said: [], stopped: limitReached(open, answers, model) };
  const request = () => ({ task: model.task, rubric: rubricOf(model), run: analystRun(plan), answers });
  const progress = await goOn(judge, key('judgements'), request, context, 'answers');
  if (progress instanceof Unfinished) return progress;
  const { answers: given, trouble } = progress.value;
  const verdicts = new Map(given.map(({ traceId, verdict }) => [traceId, verdict]));
  const isSaid = ({ traceId }: AnswerToJudge) => verdicts.has(traceId);
  // It goes on in order: whatever comes after the last answer was not put to it.
  const handled = trouble === null ? answers : answers.slice(0, answers.findLastIndex(isSaid) + 1);
  const said = handled.map(({ traceId }): Said => ({ question: traceId, verdict: verdicts.get(traceId) ?? null }));
  return { counts: true, said, stopped: trouble === null ? limitReached(open, answers, model) : trouble };
}

function limitReached(open: readonly unknown[], asked: readonly unknown[], { settings }: Model): string | null {
  return asked.length < open.length
    ? `It is asked about ${settings.judgeLimit} answers of each candidate at most (judgeLimit).`
    : null;
}

function rubricOf({ settings }: Pick<Model, 'settings'>): string | null {
  return settings.rubric === '' ? null : settings.rubric;
}

/** Why the judge's verdicts do not count, a sentence or two; null where they do. */
async function whyNot(judge: Judge, { judgesKey }: Input['triaged'], { objects }: Ports): Promise<string | null> {
  if (!judge.mustAgree) return null;
  const report = judgesKey === null ? null : (await readJson(objects, judgesKey, judgesFileSchema)).judge;
  if (report?.counts === true) return null;
  return `What the judge ${judge.name} says does not count. ${report?.why ?? ''}`.trim();
}

/** What the judge said in earlier iterations, and in this one where the stage was killed after that. */
async function saidBefore(head: Pick<StageHead, 'run' | 'iteration' | 'item'>, ports: Ports) {
  const numbers = Array.from({ length: head.iteration - 1 }, (_, at) => at + 1);
  const files = await Promise.all(numbers.map((iteration) => readSaid({ ...head, iteration }, ports)));
  return { earlier: files.flat(), own: await readSaid(head, ports) };
}

async function readSaid(head: Pick<StageHead, 'run' | 'iteration' | 'item'>, { objects }: Ports): Promise<Said[]> {
  try {
    return [...(await readJsonl(objects, stageKey(judgeCandidates.name, head, saidFile), saidSchema))];
  } catch (error) {
    if (error instanceof RatchetError && ['ObjectMissing', 'CorruptArtifact'].includes(error.name)) return [];
    throw error;
  }
}

function saidOf(said: readonly Said[]): ReadonlyMap<string, Verdict | null> {
  return new Map(said.map(({ question, verdict }) => [question, verdict]));
}
