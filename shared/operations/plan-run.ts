import { plural } from '../domain/base/wording.ts';
import { countByFold } from '../domain/evaluation/few-fold-models.ts';
import { partsFor, partsWorth } from '../domain/evaluation/fold.ts';
import { assignPlaces } from '../domain/evaluation/ledger.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Model } from '../domain/models/model.ts';
import { readThrough } from '../domain/traces/read-through.ts';
import { settledJudgement } from '../domain/traces/settled-judgement.ts';
import type { Trace } from '../domain/traces/trace.ts';
import { costsToAsk, initialConfiguration, predictorNamed, trainerNamed } from '../ports/back-ends.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { readingOf } from '../ports/reading-of.ts';
import type { LoggedTrace } from '../ports/trace-log.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { estimateTraining, estimateWords, type TrainingEstimate, textBytes } from './estimate-training.ts';
import { readLedger } from './fold-ledger.ts';
import { mostEvidence, shortOfTrainer, shortOfTrainerWords } from './short-of-trainer.ts';
import { readDataset } from './stored-records.ts';

/** What a run will take at most, before it begins. Estimates, each with what it rests on. */
export interface RunCostPlan {
  /**
   * Where too little is judged for the few fold models of a dear trainer, in words: the run ends before its diagnosis then,
   * asks for no answers that are paid for, and trains nothing. Null where it may train.
   */
  readonly short: string | null;
  /** Null for a model whose trainings are cheap, or that nothing trains. */
  readonly trainings: {
    /** One an iteration at most. */
    readonly atMost: number;
    /** The most examples of one: those of the champion, and all judged traces. */
    readonly examples: number;
    readonly foldModels: number;
    readonly each: TrainingEstimate;
  } | null;
  /** Of the champion and of what is trained; null where they cost nothing. */
  readonly answers: { readonly inputs: number; readonly mostUsd: number } | null;
  /** US dollars for all of it at most; null where it is not known. */
  readonly mostUsd: number | null;
}

/** Probes a run makes at most, so many clusters as many each are bounded by the model's settings. */
function mostProbes({ settings: { maxClusters, probesPerCluster } }: Model): number {
  return maxClusters * probesPerCluster;
}

/**
 * What a run of a model will cost in time and money.
 * @throws RatchetError UnknownModel
 */
export async function planRun(modelId: string, ports: Ports): Promise<RunCostPlan> {
  const [model, control] = await Promise.all([ports.lineage.getModel(modelId), ports.lineage.getControl(modelId)]);
  if (model === undefined || control === undefined) throw await unknownModel(modelId, ports);
  const champion = await ports.lineage.getCheckpoint(modelId, control.championId ?? '');
  const isFree = champion === undefined || !costsToAsk(champion, ports);
  if (isFree && trainerNamed(model.trainer, ports).cost === 'cheap')
    return { short: null, trainings: null, answers: null, mostUsd: 0 };
  const logged = await ports.traceLog.read(modelId, { limit: model.settings.snapshotLimit });
  const short = await shortWords(logged, model, ports);
  if (short !== null) return { short, trainings: null, answers: null, mostUsd: 0 };
  const judged = logged.flatMap(({ trace, judgements }) => (judgements.length > 0 ? [trace] : []));
  const trainings = await trainingsOf(model, champion, judged, ports);
  const answers = together([
    await answersOf(
      champion,
      logged.map(({ trace }) => trace.input),
      mostProbes(model),
      ports,
    ),
    trainings === null ? null : candidateAnswers(model, trainings, judged, ports),
  ]);
  const each = trainings === null ? 0 : trainings.each.usd;
  const mostUsd = each === null ? null : each * (trainings?.atMost ?? 0) + (answers?.mostUsd ?? 0);
  return { short, trainings, answers, mostUsd };
}

/** As the run will find it before it asks its champion anything. */
async function shortWords(logged: readonly LoggedTrace[], model: Model, ports: Ports): Promise<string | null> {
  // Of nothing at all any trainer of few fold models is short; then there is nothing to place.
  if (shortOfTrainer(countByFold([]), model, ports) === null) return null;
  const { modelId, splitSalt: salt, settings, task } = model;
  const { places } = assignPlaces({
    ledger: await readLedger(modelId, salt, null, ports),
    items: logged.map(({ trace }) => ({ id: trace.traceId, input: trace.input })),
    salt,
    reportShare: settings.reportShare,
  });
  const [kind, reading] = [kindOf(model, ports), readingOf(model, ports)];
  const most = mostEvidence(
    logged.flatMap((one) => {
      const place = places.get(one.trace.traceId);
      const read = readThrough(one, kind, reading);
      return place === undefined
        ? []
        : [{ ...place, recorded: read.trace.output, ...settledJudgement(read, task, kind) }];
    }),
    model,
  );
  const short = shortOfTrainer(most, model, ports);
  return short === null
    ? null
    : shortOfTrainerWords(
        short,
        most.reduce((sum, count) => sum + count, 0),
        model,
      );
}

async function trainingsOf(
  model: Model,
  champion: Checkpoint | undefined,
  judged: readonly Trace[],
  ports: Ports,
): Promise<RunCostPlan['trainings']> {
  const trainer = trainerNamed(model.trainer, ports);
  const first = trainer.first({ options: model.trainerOptions, losesTooMuch: false });
  if (trainer.cost !== 'dear' || first.length === 0) return null;
  const parent = champion === undefined ? undefined : await ports.lineage.getDataset(model.modelId, champion.datasetId);
  const examples = (parent?.manifest.examples ?? 0) + judged.length;
  const parts = partsWorth(partsFor(judged.length), trainer.foldModels);
  const foldModels = trainer.foldModels === 'all' ? parts : trainer.foldModels;
  const each = await estimateTraining(
    {
      modelId: model.modelId,
      trainer,
      configuration: initialConfiguration(trainer, model.trainerOptions),
      examples,
      folds: { parts, models: foldModels },
      ...(trainer.byToken === undefined
        ? {}
        : {
            texts: {
              task: model.task,
              bytes: textBytes(judged) + (parent === undefined ? 0 : textBytes(await readDataset(parent, ports))),
            },
          }),
    },
    ports,
  );
  return { atMost: model.settings.maxIterations, examples, foldModels, each };
}

async function answersOf(
  champion: Checkpoint | undefined,
  inputs: readonly string[],
  probes: number,
  ports: Ports,
): Promise<RunCostPlan['answers']> {
  if (champion === undefined) return null;
  if (inputs.length === 0) return null;
  const most = (await predictorNamed(champion.served.predictor, ports).mostCost?.(champion.served, inputs)) ?? null;
  if (most === null) return null;
  // Probes are variants of traces, and about as long.
  return { inputs: inputs.length + probes, mostUsd: (most / inputs.length) * (inputs.length + probes) };
}

/**
 * What candidates are asked whose answers are paid for: of each iteration the judged traces of its fold models, both by
 * them and by what is served, in the end those of the report and those that failed.
 */
function candidateAnswers(
  model: Model,
  { atMost, foldModels }: NonNullable<RunCostPlan['trainings']>,
  judged: readonly Trace[],
  ports: Ports,
): RunCostPlan['answers'] {
  const trainer = trainerNamed(model.trainer, ports);
  const configuration = initialConfiguration(trainer, model.trainerOptions);
  const inputs = judged.map(({ input }) => input);
  const most = trainer.byToken?.mostAnswers(configuration, model.task, inputs) ?? null;
  if (most === null || inputs.length === 0) return null;
  const parts = partsWorth(partsFor(inputs.length), trainer.foldModels);
  const asked = atMost * 2 * Math.ceil((inputs.length * foldModels) / parts) + inputs.length;
  return { inputs: asked, mostUsd: (most / inputs.length) * asked };
}

function together(all: readonly RunCostPlan['answers'][]): RunCostPlan['answers'] {
  const paid = all.filter((one) => one !== null);
  if (paid.length === 0) return null;
  return {
    inputs: paid.reduce((sum, { inputs }) => sum + inputs, 0),
    mostUsd: paid.reduce((sum, { mostUsd }) => sum + mostUsd, 0),
  };
}

/** A plan in words, a line each; none where a run costs nothing but the time of this machine's minutes. */
export function planLines({ short, trainings, answers, mostUsd }: RunCostPlan): string[] {
  if (short !== null)
    return [`Too little evidence: ${short}. The run ends before its diagnosis, at no cost beyond its judges.`];
  const lines = [
    ...(trainings === null
      ? []
      : [
          `Estimate: ${plural(trainings.atMost, 'training')} at most, each of ${plural(trainings.examples, 'example')} at most with ${plural(trainings.foldModels, 'fold model')}: ${estimateWords(trainings.each)}.`,
        ]),
    ...(answers === null
      ? []
      : [
          `Estimate: ${plural(answers.inputs, 'answer that is paid for', 'answers that are paid for')} at most, $${answers.mostUsd.toFixed(4)} at most.`,
        ]),
  ];
  if (lines.length === 0) return [];
  return [
    ...lines,
    mostUsd === null
      ? 'In all: not known. --budget USD starts no training that it does not cover.'
      : `In all $${mostUsd.toFixed(2)} at most, agents and judges apart. --budget USD starts nothing that it does not cover.`,
  ];
}
