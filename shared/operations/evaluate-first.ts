import { stratumOf } from '../domain/base/facet-strata.ts';
import type { Output } from '../domain/base/output.ts';
import type { Score, TaskKind } from '../domain/base/task-kind.ts';
import { foldCount, isHeldOut, type Parts } from '../domain/evaluation/fold.ts';
import { stratifiedParts } from '../domain/evaluation/stratified-parts.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Dataset } from '../domain/models/dataset.ts';
import type { Example } from '../domain/models/example.ts';
import type { FoldModels } from '../domain/models/fold-models.ts';
import type { Served } from '../domain/models/served.ts';
import { nearDuplicateGroups } from '../domain/similarity/near-duplicates.ts';
import { answerWith, trainerNamed } from '../ports/back-ends.ts';
import { writeJsonl } from '../ports/documents.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { toEnd } from '../ports/to-end.ts';
import type { FoldPlan, Trainer } from '../ports/trainer.ts';
import { readDataset } from './stored-records.ts';
import { type FacetRight, weakestFacets } from './weakest-facets.ts';

/** How a first checkpoint probably does on more of what it was trained on. */
export interface FirstEvaluation extends Score {
  /**
   * `cross-validation`: each example answered by a model trained on four fifths that it is not among. `holdout`: a fifth
   * answered by a model of the other four. `out-of-fold`: traces answered by the checkpoint's own fold models.
   */
  readonly method: 'cross-validation' | 'holdout' | 'out-of-fold';
  /** Examples that were answered. */
  readonly of: number;
  /** Facets (labels, entity types) with the smallest share right, least first; those of one example left out. */
  readonly worst: readonly FacetRight[];
}

export interface EvaluateFirstRequest {
  readonly checkpoint: Checkpoint;
  readonly dataset: Dataset;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Parts of a cross-validation. */
const parts: Parts = 5;
/** More examples, or a dear trainer, and one part is held out instead of each in turn. */
const mostCrossValidated = 20_000;
/** With fewer examples nothing is said. */
const fewest = 10;

/**
 * Measures a first checkpoint on its own examples, near-duplicates kept together, and enters the score in the lineage.
 * Null where there are too few. What is trained for it is removed.
 * @throws RatchetError TrainingFailed
 */
export async function evaluateFirst(request: EvaluateFirstRequest, ports: Ports): Promise<FirstEvaluation | null> {
  const { checkpoint, dataset } = request;
  // What agents wrote says nearly what other examples say, and would let models look better than they are.
  const examples = (await readDataset(dataset, ports)).filter(
    ({ provenance }) => !(provenance.kind === 'synthesis' && provenance.by !== undefined),
  );
  if (examples.length < fewest) return null;
  const kind = kindOf(checkpoint, ports);
  const found =
    checkpoint.folds === null
      ? await byParts(examples, request, kind, ports)
      : { method: 'out-of-fold' as const, answers: await byFolds(examples, checkpoint.folds, ports) };
  if (found.answers.length === 0) return null;
  const evaluation = { method: found.method, ...summary(found.answers, kind) };
  const { checkpointId, modelId } = checkpoint;
  await ports.lineage.addScores(modelId, checkpointId, { [evaluation.method]: evaluation.value });
  return evaluation;
}

interface Answered {
  readonly expected: Output;
  readonly answer: Output | null;
}

/** The checkpoint's fold models answer the examples of one fold, each by the model that has not seen it. */
async function byFolds(
  examples: readonly Example[],
  { parts: count, models }: FoldModels,
  ports: Ports,
): Promise<readonly Answered[]> {
  const evidence = examples.filter(({ folds }) => folds.length === 1);
  const groups = models.flatMap((served, part) =>
    served === null ? [] : [{ served, own: evidence.filter(({ folds }) => isHeldOut(folds, part, count)) }],
  );
  return (await Promise.all(groups.map(({ served, own }) => ask(served, own, ports)))).flat();
}

async function byParts(
  examples: readonly Example[],
  { checkpoint, onProgress }: EvaluateFirstRequest,
  kind: TaskKind,
  ports: Ports,
): Promise<{ readonly method: 'cross-validation' | 'holdout'; readonly answers: readonly Answered[] }> {
  const trainer = trainerNamed(checkpoint.trainer, ports);
  const placed = placedExamples(examples, checkpoint.seed, kind, ports);
  const ofEveryPart = trainer.foldModels === 'all' || trainer.foldModels >= parts;
  const all = trainer.cost === 'cheap' && ofEveryPart && examples.length <= mostCrossValidated;
  const folder = `models/${checkpoint.modelId}/evaluations/${checkpoint.checkpointId}/`;
  const train = trainIn(folder, { checkpoint, trainer, onProgress }, ports);
  try {
    if (all) {
      const models = Array.from({ length: parts }, (_, part) => ({ part, artifactKey: `${folder}part-${part}.bin` }));
      const { folds } = await train(placed, { parts, models });
      return { method: 'cross-validation', answers: folds === null ? [] : await byFolds(placed, folds, ports) };
    }
    const isHeld = ({ folds }: Example): boolean => isHeldOut(folds, 0, parts);
    const { served } = await train(
      placed.filter((example) => !isHeld(example)),
      null,
    );
    return { method: 'holdout', answers: await ask(served, placed.filter(isHeld), ports) };
  } finally {
    for (const key of await ports.objects.list(folder)) await ports.objects.delete(key);
  }
}

function trainIn(
  folder: string,
  how: {
    readonly checkpoint: Checkpoint;
    readonly trainer: Trainer;
    readonly onProgress: EvaluateFirstRequest['onProgress'];
  },
  ports: Ports,
) {
  const { checkpoint, trainer, onProgress } = how;
  return async (examples: readonly Example[], folds: FoldPlan | null) => {
    const datasetKey = `${folder}examples.jsonl`;
    await writeJsonl(ports.objects, datasetKey, examples);
    const { task, configuration, seed, served } = checkpoint;
    const artifactKey = `${folder}whole.bin`;
    const request = {
      task,
      datasetKey,
      configuration,
      seed,
      teacher: null,
      folds,
      artifactKey,
      predictor: served.predictor,
    };
    return toEnd(trainer, `${checkpoint.checkpointId}-evaluation`, request, onProgress);
  };
}

/** The examples with folds that stand for the parts of the cross-validation. */
function placedExamples(
  examples: readonly Example[],
  seed: number,
  kind: TaskKind,
  { random }: Pick<Ports, 'random'>,
): readonly Example[] {
  const groups = nearDuplicateGroups(examples.map(({ input }) => input));
  const items = examples.map((example, at) => ({
    example,
    group: groups[at] ?? 0,
    stratum: stratumOf(kind.facets(example.output)),
  }));
  const shuffled = random.stream(seed, 'cross-validation').shuffle(items);
  const partOf = stratifiedParts(shuffled, parts);
  return shuffled.map(({ example }, at) => ({ ...example, folds: [((partOf[at] ?? 0) * foldCount) / parts] }));
}

async function ask(served: Served, examples: readonly Example[], ports: Ports): Promise<readonly Answered[]> {
  if (examples.length === 0) return [];
  const predictions = await answerWith(
    { served },
    examples.map(({ input }) => input),
    ports,
  );
  return examples.map(({ output }, at) => ({ expected: output, answer: predictions[at]?.output ?? null }));
}

function summary(answers: readonly Answered[], kind: TaskKind): Omit<FirstEvaluation, 'method'> {
  const graded = answers.map(({ expected, answer }) => ({ expected, grade: kind.grade(expected, answer) }));
  const score = kind.score(graded.map(({ grade }) => grade));
  return { ...score, of: answers.length, worst: weakestFacets(graded, kind) };
}
