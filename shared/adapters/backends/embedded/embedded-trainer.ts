import { RatchetError } from '../../../domain/base/errors.ts';
import { canonicalJson, digest } from '../../../domain/base/ids.ts';
import type { FoldModels } from '../../../domain/models/fold-models.ts';
import type { Served } from '../../../domain/models/served.ts';
import { doneAtOnce, type OnProgress } from '../../../ports/long-work.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../../ports/trainer.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import { classificationSpecSchema } from '../../../tasks/classification/classification-spec.ts';
import { storeArtifact } from '../store-artifact.ts';
import { embeddedConfigurationSchema, learnsFromChampion } from './embedded-configuration.ts';
import type { EmbeddedRuntime, HeldArtifact } from './embedded-runtime.ts';
import { embeddedBackEnd, embeddedTrainerFacts } from './facts.ts';
import { textAt } from './shared-memory.ts';
import { teacherOfPart } from './teacher-of-part.ts';
import { type HeadPlan, trainHeads } from './train-heads.ts';
import type { TrainedHeads } from './trained-heads.ts';
import type { HeldOutPart } from './training-rows.ts';

/**
 * Trains heads on the runtime's worker threads: several at once, one on each; what differs in the part of the champion
 * alone, once. Asked for a model of every part, it serves their average. The same request gives the same artifacts,
 * byte for byte.
 */
export function createEmbeddedTrainer(runtime: EmbeddedRuntime): Trainer {
  return { ...embeddedTrainerFacts, ...doneAtOnce((request, _key, onProgress) => train(request, runtime, onProgress)) };
}

async function train(request: TrainingRequest, runtime: EmbeddedRuntime, onProgress?: OnProgress): Promise<Artifact> {
  if (request.task.kind !== classification.kind) {
    throw new RatchetError('InvalidInput', `The embedded trainer does not train ${request.task.kind}.`);
  }
  const parts = askedParts(request);
  const averages = request.folds !== null && parts.length === request.folds.parts;
  const wanted = averages ? parts : [...parts, null];
  const teachers = await teachersOf(request, wanted, runtime);
  let reported: readonly [number, number] = [0, 1];
  const { heads, examples } = await trainAll(request, wanted, teachers, runtime, (done, total) => {
    reported = [done, total];
    onProgress?.(done, total);
  });
  const share = embeddedConfigurationSchema.parse(request.configuration).interpolation;
  const artifacts = await Promise.all(
    heads.map(async ({ bytes }, index) => {
      const champion = teachers[index] ?? null;
      if (champion === null || share === 0) return bytes;
      const parts = [
        { bytes, digest: null, part: 1 - share },
        { bytes: champion.bytes, digest: champion.digest, part: share },
      ];
      return runtime.pool.run('blend', { heads: parts }, 'TrainingFailed');
    }),
  );
  const average = (): Promise<Uint8Array> => {
    const equal = artifacts.map((bytes) => ({ bytes, digest: null, part: 1 / artifacts.length }));
    return runtime.pool.run('blend', { heads: equal }, 'TrainingFailed');
  };
  const served = averages ? await average() : (artifacts.at(-1) ?? new Uint8Array());
  const folds = await storeFolds(request, artifacts, runtime);
  const stored = await storeArtifact(runtime.objects, request.artifactKey, served);
  if (reported[0] < reported[1]) onProgress?.(reported[1], reported[1]);
  return {
    served: { predictor: embeddedBackEnd, ref: request.artifactKey, digest: stored.digest },
    folds,
    bytes: stored.bytes,
    examples,
    finalLoss: averages
      ? heads.reduce((sum, { finalLoss }) => sum + finalLoss, 0) / heads.length
      : (heads.at(-1)?.finalLoss ?? null),
  };
}

/** The parts that are to have a model, in the order of the plan. */
function askedParts({ folds }: TrainingRequest): readonly HeldOutPart[] {
  if (folds === null) return [];
  const { parts, models } = folds;
  const asked = models.map(({ part }) => part);
  if (new Set(asked).size < asked.length || asked.some((part) => part < 0 || part >= parts)) {
    throw new RatchetError('InvalidInput', `Fold models of parts ${asked.join(', ')} of ${parts} cannot be trained.`);
  }
  return asked.map((part) => ({ part, parts }));
}

/** The champion's model that each head may learn from; null where it learns from none. */
async function teachersOf(
  { teacher, configuration }: TrainingRequest,
  wanted: readonly (HeldOutPart | null)[],
  runtime: EmbeddedRuntime,
): Promise<readonly (HeldArtifact | null)[]> {
  return teacher === null || !learnsFromChampion(embeddedConfigurationSchema.parse(configuration))
    ? wanted.map(() => null)
    : Promise.all(wanted.map((heldOut) => runtime.served(teacherOfPart(teacher, heldOut))));
}

/** The heads before they are averaged with the champion. */
async function trainAll(
  { task, datasetKey, configuration: given, seed, folds }: TrainingRequest,
  wanted: readonly (HeldOutPart | null)[],
  teachers: readonly (HeldArtifact | null)[],
  runtime: EmbeddedRuntime,
  onProgress: OnProgress,
): Promise<TrainedHeads & { readonly examples: number }> {
  const { labels } = classificationSpecSchema.parse(task);
  const configuration = { ...embeddedConfigurationSchema.parse(given), interpolation: 0 };
  const dataset = await runtime.read(datasetKey);
  const byFolds = folds !== null;
  const rows = await runtime.trainingRows.get(digest(dataset, canonicalJson([labels, byFolds])), () =>
    runtime.pool.run('rows', { dataset, labels, byFolds }, 'TrainingFailed'),
  );
  const distilled = configuration.distillation > 0 ? teachers : teachers.map(() => null);
  const needsEmbeddings =
    configuration.foundation === 'use-lite' || distilled.some((held) => held?.header.foundation === 'use-lite');
  const texts = (): string[] => Array.from(rows.rowFolds, (_, row) => textAt(rows.texts, row));
  const embeddings = needsEmbeddings ? await runtime.embedRows(texts()) : null;
  const plans = wanted.map((heldOut, index): HeadPlan => {
    const held = distilled[index] ?? null;
    return { heldOut, teacher: held === null ? null : { bytes: held.bytes, digest: held.digest } };
  });
  const key = digest(
    dataset,
    canonicalJson([
      labels,
      configuration,
      seed,
      plans.map(({ heldOut, teacher }) => ({ heldOut, teacher: teacher?.digest ?? null })),
    ]),
  );
  const trained = await runtime.trainedHeads.get(key, () =>
    trainHeads({ rows, configuration, seed, embeddings }, plans, runtime, onProgress),
  );
  return { ...trained, examples: rows.rowOf.length };
}

async function storeFolds(
  { folds }: TrainingRequest,
  artifacts: readonly Uint8Array[],
  runtime: EmbeddedRuntime,
): Promise<FoldModels | null> {
  if (folds === null) return null;
  const models: (Served | null)[] = Array.from({ length: folds.parts }, () => null);
  await Promise.all(
    folds.models.map(async ({ part, artifactKey }, index) => {
      const stored = await storeArtifact(runtime.objects, artifactKey, artifacts[index] ?? new Uint8Array());
      models[part] = { predictor: embeddedBackEnd, ref: artifactKey, digest: stored.digest };
    }),
  );
  return { parts: folds.parts, models };
}
