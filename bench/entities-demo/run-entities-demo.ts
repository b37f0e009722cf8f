import type { ProgressUi } from '../../cli/progress.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { taggerBackEnd } from '../../shared/adapters/backends/tagger/facts.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import type { Output } from '../../shared/domain/base/output.ts';
import type { Grade, Score } from '../../shared/domain/base/task-kind.ts';
import { wilsonScore } from '../../shared/domain/base/wilson.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { entitiesOutput } from '../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../shared/tasks/extraction/extraction.ts';
import { planEntities } from './entities-plan.ts';
import { entityTypes, type OrderText, textKinds } from './make-texts.ts';

export const demoModel = 'order-entities';

/** One line of the table: how many were counted, and the measure before and after. */
export interface Measured {
  readonly name: string;
  readonly of: number;
  readonly before: Score;
  readonly after: Score;
}

export interface EntitiesDemoResult {
  readonly run: Awaited<ReturnType<typeof runLoop>>;
  readonly traffic: { readonly right: number; readonly of: number };
  /** F1 of all entities and of each type. */
  readonly types: readonly Measured[];
  /** Share of texts with every entity right, all and by kind of text. */
  readonly texts: readonly Measured[];
}

/**
 * Takes a tagger of addresses and orders through its life: trained on plain texts, it answers traffic that drifts; a
 * rule judge, who knows what the texts were made of, corrects it; one run of the loop; then fresh texts are answered by
 * the champion before and the champion after. All by the functions behind the command line.
 */
export async function runEntitiesDemo(seed: number, workspace: Workspace, ui: ProgressUi): Promise<EntitiesDemoResult> {
  const { ports } = workspace;
  const plan = planEntities(seed, ports.random);
  ui.stageStarted('create: train the first tagger', `${plan.training.length} texts`);
  const created = await createModel(
    {
      modelId: demoModel,
      task: extraction.kind,
      labels: entityTypes,
      examples: jsonLines(plan.training.map(({ input, output }) => ({ input, output }))),
      backEnds: { ...defaultBackEnds, trainer: taggerBackEnd, predictor: taggerBackEnd },
      trainerOptions: {},
      settings: {},
      seed,
      by: 'demo',
      onProgress: (done, total) => ui.stageProgress('create: train the first tagger', done, total, 'steps'),
    },
    ports,
  );
  ui.stageFinished('create: train the first tagger', '');
  const before = created.checkpoint ?? (await chooseCheckpoint(demoModel, null, ports));
  const recorded = await answer('answer the traffic', plan.traffic, before, workspace, ui);
  await ingest(plan.traffic, recorded, before, workspace, ui);
  const run = await runLoop(workspace, { modelId: demoModel, seed }, ui);
  const after = await chooseCheckpoint(demoModel, null, ports);
  const was = gradesOf(plan.fresh, await answer('answer fresh texts as before', plan.fresh, before, workspace, ui));
  const is =
    after.checkpointId === before.checkpointId
      ? was
      : gradesOf(plan.fresh, await answer('answer fresh texts as now', plan.fresh, after, workspace, ui));
  return {
    run,
    traffic: { right: gradesOf(plan.traffic, recorded).filter(({ right }) => right).length, of: plan.traffic.length },
    types: [null, ...entityTypes].map((type) => ({
      name: type ?? 'all entities',
      of: plan.fresh.flatMap(({ output }) => output.filter(({ label }) => type === null || label === type)).length,
      before: scoreOf(was, type),
      after: scoreOf(is, type),
    })),
    texts: [null, ...textKinds].map((kind) => {
      const own = <T>(list: readonly T[]): T[] =>
        list.filter((_, at) => kind === null || plan.fresh[at]?.kind === kind);
      return {
        name: kind ?? 'all texts',
        of: own(plan.fresh).length,
        before: shareRight(own(was)),
        after: shareRight(own(is)),
      };
    }),
  };
}

async function answer(
  stage: string,
  texts: readonly OrderText[],
  checkpoint: Checkpoint,
  { ports }: Workspace,
  ui: ProgressUi,
): Promise<readonly (Output | null)[]> {
  ui.stageStarted(stage);
  const inputs = texts.map(({ input }) => input);
  const answers = await answerWith(checkpoint, inputs, ports, {
    onProgress: (done, total) => ui.stageProgress(stage, done, total, 'texts'),
  });
  ui.stageFinished(stage, `${texts.length} texts`);
  return answers.map(({ output }) => output);
}

const firstArrival = Date.parse('2026-03-02T08:00:00Z');
const minutesBetween = 7;

async function ingest(
  traffic: readonly OrderText[],
  answers: readonly (Output | null)[],
  checkpoint: Checkpoint,
  { ports }: Workspace,
  ui: ProgressUi,
): Promise<void> {
  ui.stageStarted('ingest the judged traffic');
  const lines = traffic.map(({ input, output, kind }, at) => ({
    traceId: `text-${at}`,
    timestamp: new Date(firstArrival + at * minutesBetween * 60_000).toISOString(),
    modelId: demoModel,
    checkpointId: checkpoint.checkpointId,
    input,
    output: answers[at] ?? null,
    expected: output,
    judge: { kind: 'rule', id: 'maker', reason: 'what the text was made of' },
    metadata: { slice: kind },
  }));
  const result = await ingestTraces(
    { modelId: demoModel, sources: [{ name: 'traffic', open: async () => jsonLines(lines) }] },
    ports,
  );
  ui.stageFinished('ingest the judged traffic', `${result.ingested} traces, ${result.judgements} judgements`);
}

async function* jsonLines(values: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const value of values) yield encoder.encode(`${JSON.stringify(value)}\n`);
}

function gradesOf(texts: readonly OrderText[], answers: readonly (Output | null)[]): Grade[] {
  return texts.map(({ output }, at) => extraction.grade(entitiesOutput(output), answers[at] ?? null));
}

function scoreOf(grades: readonly Grade[], type: string | null): Score {
  return extraction.score(
    grades.map((grade) => ({ ...grade, parts: grade.parts.filter(({ facet }) => type === null || facet === type) })),
  );
}

function shareRight(grades: readonly Grade[]): Score {
  const right = grades.filter((grade) => grade.right).length;
  return { metric: 'texts right', value: right / Math.max(1, grades.length), ...wilsonScore(right, grades.length) };
}
