import { z } from 'zod';
import { openBudget } from '../../agents/open-budget.ts';
import { canonicalJson } from '../../domain/base/ids.ts';
import { enoughUsd } from '../../domain/base/wording.ts';
import { type Parts, partsWorth } from '../../domain/evaluation/fold.ts';
import { artifactKey, checkpointId, foldArtifactKey } from '../../domain/models/checkpoint-id.ts';
import type { Configuration } from '../../domain/models/configuration.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import { estimateTraining, estimateWords, textBytes } from '../../operations/estimate-training.ts';
import { trainerNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Trainer } from '../../ports/trainer.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { keepChampion } from '../engine/keep-champion.ts';
import type { Stage } from '../engine/stage.ts';
import { withoutStaleChampion } from '../engine/without-champion.ts';
import { type Candidate, type CandidateRef, type DatasetRef, trainingBudgetKey } from '../state/candidate.ts';
import { curriculumSchema } from '../state/curriculum.ts';
import type { DecisionRef } from '../state/decision.ts';
import { candidatePlanSchema } from '../state/evaluation.ts';
import { iterationRefSchema, readHistory } from '../state/iteration.ts';
import { shortReason } from '../state/limits.ts';
import { preparedSchema, type RunPlan, readPlan } from '../state/run-plan.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  curriculum: curriculumSchema,
  step: iterationRefSchema,
});
type Input = z.infer<typeof inputSchema>;

/** Candidates a dataset, side by side. */
const mostADataset = 3;

/** Candidates an iteration, where a training is dear. */
const mostDear = 1;

/** Lays out the iteration: which dataset is trained with which configuration, and which fold models beside it. */
export const planCandidates: Stage<Input, z.infer<typeof candidatePlanSchema>> = {
  name: 'plan-candidates',
  input: inputSchema,
  output: candidatePlanSchema,
  async run(input, { ports, key }) {
    const plan = await readPlan(input.prepared, ports);
    const { model, champion } = plan;
    const trainer = trainerNamed(model.trainer, ports);
    const offered = trainer.first({ options: model.trainerOptions, losesTooMuch: false });
    const first = withoutStaleChampion(offered, plan, trainer);
    const history = await readHistory(input.step, ports);
    const configurationsFor = ({ datasetId }: DatasetRef): readonly Configuration[] => {
      if (history === null) return first;
      const { basis, tried } = history;
      const known = [basis.configuration, ...first];
      if (datasetId !== basis.dataset.datasetId) return known;
      // What the move was to change stayed as it is: the same configurations would train the same checkpoints again.
      const near = trainer.neighbours(basis.configuration, { options: model.trainerOptions, losesTooMuch: false });
      const untried = without(tried, [...known, ...withoutStaleChampion(near, plan, trainer)]);
      return untried.length > 0 ? untried : known;
    };
    const pairs: { dataset: DatasetRef; configuration: Configuration }[] =
      input.step.kind === 'tune' && history !== null
        ? (history.next?.configurations ?? []).map((configuration) => ({
            dataset: history.basis.dataset,
            configuration,
          }))
        : input.curriculum.datasets.flatMap((dataset) =>
            distinct(configurationsFor(dataset))
              .slice(0, mostADataset)
              .map((configuration) => ({ dataset, configuration })),
          );
    const candidates: CandidateRef[] = [];
    // What is left out for its cost was not tried, so that a later iteration may take it up.
    const trained = trainer.cost === 'dear' ? pairs.slice(0, mostDear) : pairs;
    let refused: string | null = null;
    for (const [index, { dataset, configuration }] of trained.entries()) {
      const learns = trainer.learnsFromChampion(configuration);
      const parts = learns ? partsWith(plan) : partsWorth(plan.parts, trainer.foldModels);
      const id = checkpointId({
        modelId: model.modelId,
        datasetId: dataset.datasetId,
        trainer: model.trainer,
        configuration,
        seed: input.run.seed,
        teacherId: learns ? champion.checkpointId : null,
        parts,
      });
      const candidateId = `i${input.iteration}-c${index + 1}`;
      const candidate: Candidate = {
        candidateId,
        iteration: input.iteration,
        checkpointId: id,
        datasetId: dataset.datasetId,
        datasetKey: dataset.key,
        mode: dataset.mode,
        configuration,
        artifactKey: artifactKey(model.modelId, id),
        folds: {
          parts,
          models: trainedParts(trainer, parts).map((part) => ({
            part,
            artifactKey: foldArtifactKey(model.modelId, id, parts, part),
          })),
        },
      };
      const found = await affordable(candidate, { examples: examplesOf(dataset, input), trainer, plan }, ports);
      if (found !== null) {
        refused = found;
        continue;
      }
      const candidateKey = key(`${candidateId}.json`);
      await writeJson(ports.objects, candidateKey, candidate);
      candidates.push({ candidateId, checkpointId: id, key: candidateKey });
    }
    const ends =
      candidates.length > 0
        ? null
        : await endOf(
            input,
            plan,
            refused ?? `Nothing trains this model (its trainer is ${trainer.name}).`,
            ports,
            key,
          );
    return { candidates, ends };
  },
};

/** The end of a run that has nothing to train, or nothing that its budget allows. */
async function endOf(
  { step, curriculum }: Input,
  plan: RunPlan,
  why: string,
  ports: Ports,
  key: (file: string) => string,
): Promise<DecisionRef> {
  const history = await readHistory(step, ports);
  const [dataset] = curriculum.datasets;
  const detail = dataset === undefined ? why : `${why} The curriculum is at ${dataset.key}.`;
  const kept = await keepChampion(history?.iterations ?? [], detail, plan, ports);
  const historyKey = history === null ? null : key('history.json');
  if (history !== null) await writeJson(ports.objects, key('history.json'), { ...history, ended: 'budget-spent' });
  return { ...kept, reason: shortReason(kept.reason), historyKey, iteration: step };
}

/** Examples of a dataset: those of the last curriculum where that is not the one that is trained on. */
function examplesOf({ datasetId }: DatasetRef, { curriculum: { datasets } }: Input): number {
  return (datasets.find((one) => one.datasetId === datasetId) ?? datasets[0])?.examples ?? 0;
}

/**
 * Tells what a dear training will take, and sets it aside from the run's budget.
 * @returns why it is not begun, a sentence; null where it may be
 */
async function affordable(
  candidate: Candidate,
  { examples, trainer, plan }: { readonly examples: number; readonly trainer: Trainer; readonly plan: RunPlan },
  ports: Ports,
): Promise<string | null> {
  if (trainer.cost !== 'dear') return null;
  const { configuration, candidateId } = candidate;
  const folds = { parts: candidate.folds.parts, models: candidate.folds.models.length };
  const { modelId } = plan.model;
  const texts =
    trainer.byToken === undefined
      ? {}
      : {
          texts: {
            task: plan.model.task,
            bytes: textBytes(await readJsonl(ports.objects, candidate.datasetKey, exampleSchema)),
          },
        };
  const estimate = await estimateTraining({ modelId, trainer, configuration, examples, folds, ...texts }, ports);
  ports.observer.note(`Candidate ${candidateId} takes ${estimateWords(estimate)}.`);
  if (ports.budgets === undefined) return null;
  await openBudget(ports.budgets, analystRun(plan));
  const microUsd = Math.ceil((estimate.usd ?? 0) * 1_000_000);
  const most = { turns: 0, outputTokens: 0, microUsd };
  if (await ports.budgets.reserve(plan.run.runId, trainingBudgetKey(candidate), most)) return null;
  const why = `The budget of the run does not cover training candidate ${candidateId}: ${estimateWords(estimate)}.`;
  const budget = await ports.budgets.get(plan.run.runId);
  if (budget === undefined || estimate.usd === null) return why;
  const enough = (budget.spent.microUsd + budget.reserved.microUsd + microUsd) / 1_000_000;
  return `${why} With what else the run takes, --budget ${enoughUsd(enough)} covers it.`;
}

/** Whoever learns from a champion of finer folds needs folds as fine, or its teacher would have seen what it judges. */
function partsWith({ parts, champion }: RunPlan): Parts {
  return champion.folds === null || champion.folds.parts < parts ? parts : champion.folds.parts;
}

/** The parts that get a model: all of them, or the first few where a training is dear. */
function trainedParts({ foldModels }: Trainer, parts: Parts): number[] {
  const all = Array.from({ length: parts }, (_, part) => part);
  return foldModels === 'all' ? all : all.slice(0, foldModels);
}

function without(tried: readonly Configuration[], configurations: readonly Configuration[]): Configuration[] {
  const known = new Set(tried.map(canonicalJson));
  return configurations.filter((configuration) => !known.has(canonicalJson(configuration)));
}

function distinct(configurations: readonly Configuration[]): Configuration[] {
  return [...new Map(configurations.map((configuration) => [canonicalJson(configuration), configuration])).values()];
}
