import { plural } from '../domain/base/wording.ts';
import { partsFor, partsWorth } from '../domain/evaluation/fold.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Model } from '../domain/models/model.ts';
import { initialConfiguration, predictorNamed, trainerNamed } from '../ports/back-ends.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { estimateTraining, estimateWords, type TrainingEstimate } from './estimate-training.ts';

/** What a run will take at most, before it begins. Estimates, each with what it rests on. */
export interface RunCostPlan {
  /** Null for a model whose trainings are cheap, or that nothing trains. */
  readonly trainings: {
    /** One an iteration at most. */
    readonly atMost: number;
    /** The most examples of one: those of the champion, and all judged traces. */
    readonly examples: number;
    readonly foldModels: number;
    readonly each: TrainingEstimate;
  } | null;
  /** Null where the champion's answers cost nothing. */
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
  const isFree = champion === undefined || predictorNamed(champion.served.predictor, ports).mostCost === undefined;
  if (isFree && trainerNamed(model.trainer, ports).cost === 'cheap')
    return { trainings: null, answers: null, mostUsd: 0 };
  const logged = await ports.traceLog.read(modelId, { limit: model.settings.snapshotLimit });
  const judged = logged.filter(({ judgements }) => judgements.length > 0).length;
  const trainings = await trainingsOf(model, champion, judged, ports);
  const answers = await answersOf(
    champion,
    logged.map(({ trace }) => trace.input),
    mostProbes(model),
    ports,
  );
  const each = trainings === null ? 0 : trainings.each.usd;
  const mostUsd = each === null ? null : each * (trainings?.atMost ?? 0) + (answers?.mostUsd ?? 0);
  return { trainings, answers, mostUsd };
}

async function trainingsOf(
  model: Model,
  champion: Checkpoint | undefined,
  judged: number,
  ports: Ports,
): Promise<RunCostPlan['trainings']> {
  const trainer = trainerNamed(model.trainer, ports);
  const first = trainer.first({ options: model.trainerOptions, losesTooMuch: false });
  if (trainer.cost !== 'dear' || first.length === 0) return null;
  const parent = champion === undefined ? undefined : await ports.lineage.getDataset(model.modelId, champion.datasetId);
  const examples = (parent?.manifest.examples ?? 0) + judged;
  const parts = partsWorth(partsFor(judged), trainer.foldModels);
  const foldModels = trainer.foldModels === 'all' ? parts : trainer.foldModels;
  const each = await estimateTraining(
    {
      modelId: model.modelId,
      trainer,
      configuration: initialConfiguration(trainer, model.trainerOptions),
      examples,
      folds: { parts, models: foldModels },
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
  const { mostCost } = predictorNamed(champion.served.predictor, ports);
  if (mostCost === undefined || inputs.length === 0) return null;
  const most = await mostCost(champion.served, inputs);
  // Probes are variants of traces, and about as long.
  return { inputs: inputs.length + probes, mostUsd: (most / inputs.length) * (inputs.length + probes) };
}

/** A plan in words, a line each; none where a run costs nothing but the time of this machine's minutes. */
export function planLines({ trainings, answers, mostUsd }: RunCostPlan): string[] {
  const lines = [
    ...(trainings === null
      ? []
      : [
          `Estimate: ${plural(trainings.atMost, 'training')} at most, each of ${plural(trainings.examples, 'example')} at most with ${plural(trainings.foldModels, 'fold model')}: ${estimateWords(trainings.each)}.`,
        ]),
    ...(answers === null
      ? []
      : [
          `Estimate: ${plural(answers.inputs, 'answer')} of the endpoint at most, $${answers.mostUsd.toFixed(4)} at most.`,
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
