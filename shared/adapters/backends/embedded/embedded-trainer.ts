import { MessageChannel } from 'node:worker_threads';
import { canonicalJson, digest } from '../../../domain/base/ids.ts';
import { learnsFromChampion } from '../../../domain/models/hyperparameters.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import type { EmbeddedRuntime } from './embedded-runtime.ts';

/** Trains heads on the runtime's worker threads: several at once, one on each; what differs in the part of the champion alone, once. */
export function createEmbeddedTrainer(runtime: EmbeddedRuntime): Trainer {
  return {
    name: 'embedded',
    async train({ task, datasetKey, configuration, seed, teacher, artifactKey }, onProgress) {
      const dataset = await runtime.read(datasetKey);
      const held =
        teacher !== null && learnsFromChampion(configuration)
          ? await runtime.artifact(teacher.artifactKey, teacher.artifactDigest)
          : null;
      const distilsFoundation = configuration.distillation > 0 && held?.header.foundation === 'use-lite';
      const needsEmbeddings = configuration.foundation === 'use-lite' || distilsFoundation;
      const embeddings = needsEmbeddings
        ? await runtime.embedRows(await runtime.pool.run('datasetTexts', dataset, 'TrainingFailed'))
        : null;
      const share = configuration.interpolation;
      const alone = { ...configuration, interpolation: 0 };
      const distilled = configuration.distillation > 0 ? (held?.digest ?? '') : '';
      const key = digest(dataset, canonicalJson([task.labels, alone, seed]), distilled);
      let reported: readonly [number, number] = [0, 1];
      const trained = await runtime.trainedHeads.get(key, async () => {
        const { port1, port2 } = new MessageChannel();
        port1.on('message', (progress: readonly [number, number]) => {
          reported = progress;
          onProgress?.(...progress);
        });
        try {
          return await runtime.pool.run(
            'train',
            {
              dataset,
              labels: task.labels,
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
      const head =
        held === null || share === 0
          ? trained
          : await runtime.pool.run(
              'interpolate',
              { trained: trained.bytes, champion: { bytes: held.bytes, digest: held.digest }, share },
              'TrainingFailed',
            );
      await runtime.objects.put(artifactKey, head.bytes);
      if (reported[0] < reported[1]) onProgress?.(reported[1], reported[1]);
      return {
        artifactKey,
        artifactDigest: head.digest,
        artifactBytes: head.bytes.length,
        examples: trained.examples,
        finalLoss: trained.finalLoss,
      };
    },
  };
}
