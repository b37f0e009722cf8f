import { z } from 'zod';
import { canonicalJson } from '../../domain/base/ids.ts';
import { enoughHeldOut } from '../../domain/evaluation/cross-fit-folds.ts';
import { artifactKey, checkpointId } from '../../domain/models/checkpoint-id.ts';
import type { Configuration } from '../../domain/models/configuration.ts';
import { trainerNamed } from '../../ports/back-ends.ts';
import { writeJson } from '../../ports/documents.ts';
import type { Trainer } from '../../ports/trainer.ts';
import type { Stage } from '../engine/stage.ts';
import type { Candidate, CandidateRef, DatasetRef } from '../state/candidate.ts';
import { curriculumSchema } from '../state/curriculum.ts';
import { candidatePlanSchema, evaluatedSetSchema, type evaluationPlanSchema } from '../state/evaluation.ts';
import { iterationRefSchema, readHistory } from '../state/iteration.ts';
import { lineageSchema } from '../state/lineage.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ sets: true, sidedKey: true }),
  lineage: lineageSchema,
  curriculum: curriculumSchema,
  step: iterationRefSchema,
});
type Input = z.infer<typeof inputSchema>;

/** Lays out the iteration: which dataset is trained with which configuration, and which candidate answers which set. */
export const planCandidates: Stage<Input, z.infer<typeof candidatePlanSchema>> = {
  name: 'plan-candidates',
  input: inputSchema,
  output: candidatePlanSchema,
  async run(input, { ports, key }) {
    const { model, champion } = await readPlan(input.prepared, ports);
    const trainer = trainerNamed(model.trainer, ports);
    const first = trainer.first({ options: model.trainerOptions, losesTooMuch: false });
    const history = await readHistory(input.step, ports);
    const pairs: { dataset: DatasetRef; configuration: Configuration }[] =
      input.step.kind === 'tune' && history !== null
        ? (history.next?.configurations ?? []).map((configuration) => ({
            dataset: history.basis.dataset,
            configuration,
          }))
        : input.curriculum.datasets.flatMap((dataset) =>
            distinct([...(history === null ? [] : [history.basis.configuration]), ...first])
              .slice(0, mostADataset)
              .map((configuration) => ({ dataset, configuration })),
          );
    const candidates: CandidateRef[] = [];
    // What is left out for its cost was not tried, so that a later iteration may take it up.
    const trained = trainer.cost === 'dear' ? pairs.slice(0, mostDear) : pairs;
    for (const [index, { dataset, configuration }] of trained.entries()) {
      const id = checkpointId({
        modelId: model.modelId,
        datasetId: dataset.datasetId,
        trainer: model.trainer,
        configuration,
        seed: input.run.seed,
        teacherId: trainer.learnsFromChampion(configuration) ? champion.checkpointId : null,
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
      };
      const candidateKey = key(`${candidateId}.json`);
      await writeJson(ports.objects, candidateKey, candidate);
      candidates.push({ candidateId, checkpointId: id, key: candidateKey });
    }
    return {
      candidates,
      evaluations: candidates.flatMap((candidate) => evaluationsOf(candidate, input, trainer.cost)),
    };
  },
};

/** Candidates a dataset, side by side. */
const mostADataset = 3;

/** Candidates an iteration, where a training is dear. */
const mostDear = 1;

function evaluationsOf(
  candidate: CandidateRef,
  input: Input,
  cost: Trainer['cost'],
): z.infer<typeof evaluationPlanSchema>[] {
  const traffic = input.split.sets.find((set) => set.name === 'traffic-validation');
  const keys = {
    'traffic-validation': traffic?.key ?? null,
    'cross-fit': cost === 'cheap' && (traffic?.size ?? 0) < enoughHeldOut ? input.split.sidedKey : null,
    preceding: input.lineage.preceding.size > 0 ? input.lineage.preceding.key : null,
    earlier: input.lineage.earlier.size > 0 ? input.lineage.earlier.key : null,
  };
  return evaluatedSetSchema.options.flatMap((set) => {
    const setKey = keys[set];
    return setKey === null ? [] : [{ item: `${candidate.candidateId}-${set}`, candidate, set, setKey }];
  });
}

function distinct(configurations: readonly Configuration[]): Configuration[] {
  return [...new Map(configurations.map((configuration) => [canonicalJson(configuration), configuration])).values()];
}
