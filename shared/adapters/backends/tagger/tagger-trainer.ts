import { MessageChannel } from 'node:worker_threads';
import { RatchetError } from '../../../domain/base/errors.ts';
import { canonicalJson, digest } from '../../../domain/base/ids.ts';
import type { Served } from '../../../domain/models/served.ts';
import { doneAtOnce, type OnProgress } from '../../../ports/long-work.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../../ports/trainer.ts';
import { extraction } from '../../../tasks/extraction/extraction.ts';
import { extractionSpecSchema } from '../../../tasks/extraction/extraction-spec.ts';
import type { EmbeddedRuntime } from '../embedded/embedded-runtime.ts';
import { FitProgress } from '../embedded/fit-progress.ts';
import type { WeighedArtifact } from '../embedded/shared-artifact.ts';
import { teacherOfPart } from '../embedded/teacher-of-part.ts';
import type { HeldOutPart } from '../embedded/training-rows.ts';
import { storeArtifact } from '../store-artifact.ts';
import { taggerBackEnd, taggerTrainerFacts } from './facts.ts';
import { type TaggerConfiguration, taggerConfigurationSchema } from './tagger-configuration.ts';

/**
 * Trains taggers on the runtime's worker threads, one on each: those of the parts, and one of all examples, which is
 * served. The same request gives the same artifacts, byte for byte.
 */
export function createTaggerTrainer(runtime: EmbeddedRuntime): Trainer {
  return { ...taggerTrainerFacts, ...doneAtOnce((request, _key, onProgress) => train(request, runtime, onProgress)) };
}

async function train(request: TrainingRequest, runtime: EmbeddedRuntime, onProgress?: OnProgress): Promise<Artifact> {
  if (request.task.kind !== extraction.kind) {
    throw new RatchetError('InvalidInput', `The tagger does not train ${request.task.kind}.`);
  }
  const configuration = taggerConfigurationSchema.parse(request.configuration);
  const parts = askedParts(request);
  const wanted = [...parts, null];
  const progress = new FitProgress(onProgress ?? (() => undefined));
  const lanes = wanted.map(() => progress.add(configuration.epochs));
  const fitted = await Promise.all(
    wanted.map(async (heldOut, index) => {
      const one = await fitOnce(request, configuration, heldOut, runtime, lanes[index]?.report);
      lanes[index]?.end();
      return { ...one, bytes: await withChampion(one.bytes, request, configuration, heldOut, runtime) };
    }),
  );
  const models: (Served | null)[] = Array.from({ length: request.folds?.parts ?? 0 }, () => null);
  for (const [index, { part }] of parts.entries()) {
    const key = request.folds?.models.find((one) => one.part === part)?.artifactKey ?? '';
    const stored = await storeArtifact(runtime.objects, key, fitted[index]?.bytes ?? new Uint8Array());
    models[part] = { predictor: taggerBackEnd, ref: key, digest: stored.digest };
  }
  const stored = await storeArtifact(runtime.objects, request.artifactKey, fitted.at(-1)?.bytes ?? new Uint8Array());
  return {
    served: { predictor: taggerBackEnd, ref: request.artifactKey, digest: stored.digest },
    folds: request.folds === null ? null : { parts: request.folds.parts, models },
    bytes: stored.bytes,
    examples: Math.max(...fitted.map(({ examples }) => examples)),
    finalLoss: fitted.at(-1)?.finalLoss ?? null,
  };
}

/** The parts that are to have a model, in ascending order. */
function askedParts({ folds }: TrainingRequest): readonly HeldOutPart[] {
  if (folds === null) return [];
  const asked = folds.models.map(({ part }) => part).sort((a, b) => a - b);
  if (new Set(asked).size < asked.length || asked.some((part) => part < 0 || part >= folds.parts)) {
    throw new RatchetError(
      'InvalidInput',
      `Fold models of parts ${asked.join(', ')} of ${folds.parts} cannot be trained.`,
    );
  }
  return asked.map((part) => ({ part, parts: folds.parts }));
}

/** What differs in the threshold or in the part of the champion alone is fitted once. */
async function fitOnce(
  { task, datasetKey, seed }: TrainingRequest,
  configuration: TaggerConfiguration,
  heldOut: HeldOutPart | null,
  runtime: EmbeddedRuntime,
  onProgress: OnProgress = () => undefined,
) {
  const { labels, overlaps } = extractionSpecSchema.parse(task);
  const dataset = await runtime.read(datasetKey);
  const fitted = { ...configuration, threshold: 0, interpolation: 0 };
  const key = digest(dataset, canonicalJson([labels, overlaps, fitted, seed, heldOut]));
  return runtime.fittedTaggers.get(key, async () => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', ([done, total]: readonly [number, number]) => onProgress(done, total));
    try {
      const fit = { dataset, labels, overlaps, configuration: fitted, seed, heldOut, progress: port2 };
      return await runtime.pool.run('fitTagger', fit, 'TrainingFailed', [port2]);
    } finally {
      port1.removeAllListeners('message').close();
    }
  });
}

/** The tagger with the threshold of the configuration, averaged with the champion if it is to be. */
async function withChampion(
  bytes: Uint8Array,
  { teacher }: TrainingRequest,
  configuration: TaggerConfiguration,
  heldOut: HeldOutPart | null,
  runtime: EmbeddedRuntime,
): Promise<Uint8Array> {
  const { interpolation, threshold } = configuration;
  if (teacher === null || interpolation === 0) {
    return threshold === 0 ? bytes : average([{ bytes, stored: null, part: 1 }], configuration, runtime);
  }
  const { ref, digest: known } = teacherOfPart(teacher, heldOut);
  if (known === null) throw new RatchetError('CorruptArtifact', `Artifact ${ref} has no digest on record.`);
  const champion = { bytes: await runtime.read(ref), stored: { ref, digest: known }, part: interpolation };
  return average([{ bytes, stored: null, part: 1 - interpolation }, champion], configuration, runtime);
}

async function average(
  parts: readonly WeighedArtifact[],
  { threshold }: TaggerConfiguration,
  runtime: EmbeddedRuntime,
): Promise<Uint8Array> {
  return runtime.pool.run('averageTaggers', { parts, threshold }, 'TrainingFailed');
}
