import { RatchetError } from '../../../domain/base/errors.ts';
import { canonicalJson, digest } from '../../../domain/base/ids.ts';
import type { Served } from '../../../domain/models/served.ts';
import { doneAtOnce, type OnProgress } from '../../../ports/long-work.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../../ports/trainer.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import { classificationSpecSchema } from '../../../tasks/classification/classification-spec.ts';
import { storeArtifact } from '../store-artifact.ts';
import { embeddedConfigurationSchema, learnsFromChampion } from './embedded-configuration.ts';
import type { EmbeddedRuntime, HeldArtifact } from './embedded-runtime.ts';
import { embeddedBackEnd, embeddedTrainerFacts } from './facts.ts';
import { type Embedding, embeddingKey } from './foundations/encoder.ts';
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
    heads.map(({ bytes }, index) => interpolated(bytes, teachers[index] ?? null, share, runtime)),
  );
  const whole = averages ? await averageOf(artifacts, runtime) : (artifacts.at(-1) ?? new Uint8Array());
  const models: (Served | null)[] = Array.from({ length: request.folds?.parts ?? 0 }, () => null);
  for (const [index, { part }] of parts.entries()) {
    const key = request.folds?.models.find((one) => one.part === part)?.artifactKey ?? '';
    const stored = await storeArtifact(runtime.objects, key, artifacts[index] ?? new Uint8Array());
    models[part] = { predictor: embeddedBackEnd, ref: key, digest: stored.digest };
  }
  const stored = await storeArtifact(runtime.objects, request.artifactKey, whole);
  if (reported[0] < reported[1]) onProgress?.(reported[1], reported[1]);
  return {
    served: { predictor: embeddedBackEnd, ref: request.artifactKey, digest: stored.digest },
    folds: request.folds === null ? null : { parts: request.folds.parts, models },
    bytes: stored.bytes,
    examples,
    finalLoss: averages
      ? heads.reduce((sum, { finalLoss }) => sum + finalLoss, 0) / heads.length
      : (heads.at(-1)?.finalLoss ?? null),
  };
}

/** What embeds for a head and its teachers; null for nothing. @throws RatchetError InvalidInput for two encoders */
function embeddingOf(asking: readonly Embedding[]): Embedding | null {
  const [first, ...others] = asking.filter(({ foundation }) => foundation !== 'none');
  if (first === undefined) return null;
  if (others.every((other) => embeddingKey(other) === embeddingKey(first))) return first;
  throw new RatchetError('InvalidInput', 'A model cannot learn from one of another foundation.');
}

/** The parts that are to have a model, in ascending order: the average must not hang on the order of the plan. */
function askedParts({ folds }: TrainingRequest): readonly HeldOutPart[] {
  if (folds === null) return [];
  const { parts, models } = folds;
  const asked = models.map(({ part }) => part).sort((a, b) => a - b);
  if (new Set(asked).size < asked.length || asked.some((part) => part < 0 || part >= parts)) {
    throw new RatchetError('InvalidInput', `Fold models of parts ${asked.join(', ')} of ${parts} cannot be trained.`);
  }
  return asked.map((part) => ({ part, parts }));
}

/** The head averaged with the champion, if it is to be. */
async function interpolated(
  bytes: Uint8Array,
  champion: HeldArtifact | null,
  share: number,
  runtime: EmbeddedRuntime,
): Promise<Uint8Array> {
  if (champion === null || share === 0) return bytes;
  const heads = [
    { bytes, stored: null, part: 1 - share },
    { bytes: champion.bytes, stored: { ref: champion.ref, digest: champion.digest }, part: share },
  ];
  return runtime.pool.run('blend', { heads }, 'TrainingFailed');
}

async function averageOf(artifacts: readonly Uint8Array[], runtime: EmbeddedRuntime): Promise<Uint8Array> {
  const heads = artifacts.map((bytes) => ({ bytes, stored: null, part: 1 / artifacts.length }));
  return runtime.pool.run('blend', { heads }, 'TrainingFailed');
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
  const rowsKey = digest(dataset, canonicalJson([labels, byFolds]));
  const rows = await runtime.trainingRows.get(rowsKey, () =>
    runtime.pool.run('rows', { dataset, labels, byFolds }, 'TrainingFailed'),
  );
  const distilled = configuration.distillation > 0 ? teachers : teachers.map(() => null);
  const by = embeddingOf([configuration, ...distilled.flatMap((held) => (held === null ? [] : [held.header]))]);
  const texts = (): string[] => Array.from(rows.rowFolds, (_, row) => textAt(rows.texts, row));
  const embeddings =
    by === null
      ? null
      : await runtime.trainingEmbeddings.get(`${rowsKey} ${embeddingKey(by)}`, () => runtime.embedRows(texts(), by));
  const width = embeddings === null ? 0 : embeddings.length / Math.max(1, rows.rowFolds.length);
  const plans = wanted.map((heldOut, index): HeadPlan => {
    const held = distilled[index] ?? null;
    return { heldOut, teacher: held === null ? null : { bytes: held.bytes, ref: held.ref, digest: held.digest } };
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
    trainHeads({ rows, configuration, seed, embeddings, width }, plans, runtime, onProgress),
  );
  return { ...trained, examples: rows.rowOf.length };
}
