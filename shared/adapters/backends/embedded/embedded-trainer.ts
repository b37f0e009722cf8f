import { MessageChannel } from 'node:worker_threads';
import { RatchetError } from '../../../domain/base/errors.ts';
import { canonicalJson, digest } from '../../../domain/base/ids.ts';
import { doneAtOnce, type OnProgress } from '../../../ports/long-work.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../../ports/trainer.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import { classificationSpecSchema } from '../../../tasks/classification/classification-spec.ts';
import { storeArtifact } from '../store-artifact.ts';
import {
  type EmbeddedConfiguration,
  embeddedConfigurationSchema,
  learnsFromChampion,
} from './embedded-configuration.ts';
import type { EmbeddedRuntime, HeldArtifact } from './embedded-runtime.ts';
import { embeddedBackEnd, embeddedTrainerFacts } from './facts.ts';
import type { TrainAnswer } from './worker.ts';

/**
 * Trains heads on the runtime's worker threads: several at once, one on each; what differs in the part of the champion
 * alone, once. The same request gives the same artifact, byte for byte.
 */
export function createEmbeddedTrainer(runtime: EmbeddedRuntime): Trainer {
  return { ...embeddedTrainerFacts, ...doneAtOnce((request, _key, onProgress) => train(request, runtime, onProgress)) };
}

async function train(request: TrainingRequest, runtime: EmbeddedRuntime, onProgress?: OnProgress): Promise<Artifact> {
  const { teacher, artifactKey } = request;
  const configuration = embeddedConfigurationSchema.parse(request.configuration);
  const held = teacher !== null && learnsFromChampion(configuration) ? await runtime.served(teacher) : null;
  let reported: readonly [number, number] = [0, 1];
  const trained = await trainAlone(request, configuration, held, runtime, (done, total) => {
    reported = [done, total];
    onProgress?.(done, total);
  });
  const share = configuration.interpolation;
  const head =
    held === null || share === 0
      ? trained
      : await runtime.pool.run(
          'interpolate',
          { trained: trained.bytes, champion: { bytes: held.bytes, digest: held.digest }, share },
          'TrainingFailed',
        );
  const stored = await storeArtifact(runtime.objects, artifactKey, head.bytes);
  if (reported[0] < reported[1]) onProgress?.(reported[1], reported[1]);
  return {
    served: { predictor: embeddedBackEnd, ref: artifactKey, digest: stored.digest },
    bytes: stored.bytes,
    examples: trained.examples,
    finalLoss: trained.finalLoss,
  };
}

/** The head before it is averaged with the champion. */
async function trainAlone(
  { task, datasetKey, seed }: TrainingRequest,
  configuration: EmbeddedConfiguration,
  held: HeldArtifact | null,
  runtime: EmbeddedRuntime,
  onProgress: OnProgress,
): Promise<TrainAnswer> {
  if (task.kind !== classification.kind) {
    throw new RatchetError('InvalidInput', `The embedded trainer does not train ${task.kind}.`);
  }
  const { labels } = classificationSpecSchema.parse(task);
  const dataset = await runtime.read(datasetKey);
  const distilsFoundation = configuration.distillation > 0 && held?.header.foundation === 'use-lite';
  const needsEmbeddings = configuration.foundation === 'use-lite' || distilsFoundation;
  const embeddings = needsEmbeddings
    ? await runtime.embedRows(await runtime.pool.run('datasetTexts', dataset, 'TrainingFailed'))
    : null;
  const alone = { ...configuration, interpolation: 0 };
  const distilled = configuration.distillation > 0 ? (held?.digest ?? '') : '';
  const key = digest(dataset, canonicalJson([labels, alone, seed]), distilled);
  return runtime.trainedHeads.get(key, async () => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', ([done, total]: readonly [number, number]) => onProgress(done, total));
    try {
      return await runtime.pool.run(
        'train',
        {
          dataset,
          labels,
          configuration: alone,
          seed,
          teacher: distilled === '' || held === null ? null : { bytes: held.bytes, digest: held.digest },
          embeddings,
          progress: port2,
        },
        'TrainingFailed',
        [port2],
      );
    } finally {
      port1.removeAllListeners('message').close();
    }
  });
}
