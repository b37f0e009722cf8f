import type { Workspace } from '../../cli/workspace.ts';
import { embeddedPredictorFacts, embeddedTrainerFacts } from '../../shared/adapters/backends/embedded/facts.ts';
import { storeArtifact } from '../../shared/adapters/backends/store-artifact.ts';
import type { Served } from '../../shared/domain/models/served.ts';
import { doneAtOnce } from '../../shared/ports/long-work.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { Trainer } from '../../shared/ports/trainer.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { chance } from './planted-traffic.ts';
import { trainFoldModels } from './train-fold-models.ts';

/** How a checkpoint answers; shares of inputs, chosen by their hash. */
export interface PlantedSkill {
  /** Share that the first checkpoint fails. */
  readonly fails: number;
  /** Share of those that the checkpoint has right all the same. */
  readonly fixes: number;
  /** Share of the others that it fails instead. */
  readonly breaks: number;
}

export const plantedBackEnd = 'planted';

/** Whether a checkpoint of this skill answers the input right. */
export function answersRight(input: string, skill: PlantedSkill): boolean {
  return chance(input, 'fails') < skill.fails
    ? chance(input, 'fixes') < skill.fixes
    : chance(input, 'breaks') >= skill.breaks;
}

/**
 * The workspace with a back end that learns nothing: a checkpoint has the skill that is named when it is trained, and
 * answers from the truth, or the next label of it. What triage trains to look at judgements is perfect.
 */
export function withPlantedBackEnd(
  workspace: Workspace,
  truth: ReadonlyMap<string, string>,
  skill: { of: PlantedSkill },
  cost: Trainer['cost'] = 'cheap',
): Workspace {
  const { objects } = workspace.ports;
  const labels = [...new Set(truth.values())].sort();
  const trainer: Trainer = {
    ...embeddedTrainerFacts,
    name: plantedBackEnd,
    predictors: [plantedBackEnd],
    cost,
    foldModels: cost === 'cheap' ? 'all' : 2,
    ...doneAtOnce(async ({ artifactKey, datasetKey, seed, configuration, folds: plan }) => {
      const perfect: PlantedSkill = { fails: 0, fixes: 0, breaks: 0 };
      const own = artifactKey.includes('/triage-traces/') ? perfect : skill.of;
      const artifact = new TextEncoder().encode(JSON.stringify({ own, datasetKey, seed, configuration }));
      const { bytes } = await storeArtifact(objects, artifactKey, artifact);
      const store = async (key: string): Promise<Served> => {
        const { digest } = await storeArtifact(objects, key, artifact);
        return { predictor: plantedBackEnd, ref: key, digest };
      };
      // It learns nothing, so that every model of it answers all traffic honestly.
      const folds = await trainFoldModels(plan, [], (_, key) => store(key));
      return { served: await store(artifactKey), folds, bytes, examples: 0, finalLoss: null };
    }),
  };
  const predictor: Predictor = {
    ...embeddedPredictorFacts,
    name: plantedBackEnd,
    async predict({ ref }, inputs) {
      const artifact = await objects.get(ref);
      const { own } = JSON.parse(new TextDecoder().decode(artifact)) as { own: PlantedSkill };
      return inputs.map((input) => {
        const right = truth.get(input) ?? '';
        const other = labels[(labels.indexOf(right) + 1) % labels.length] ?? '';
        const output = labelOutput(answersRight(input, own) ? right : other);
        return { output, confidence: 0.9, alternatives: [{ output, confidence: 0.9 }] };
      });
    },
  };
  return {
    ...workspace,
    ports: {
      ...workspace.ports,
      trainers: new Map([...workspace.ports.trainers, [trainer.name, trainer]]),
      predictors: new Map([...workspace.ports.predictors, [predictor.name, predictor]]),
    },
  };
}
