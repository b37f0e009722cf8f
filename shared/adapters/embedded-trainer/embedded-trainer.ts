import { MessageChannel } from 'node:worker_threads';
import { learnsFromChampion } from '../../domain/hyperparameters.ts';
import type { Trainer } from '../../ports/trainer.ts';
import type { EmbeddedRuntime } from './embedded-runtime.ts';

/** Trains heads on the runtime's worker threads: several at once, one on each. */
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
      const { port1, port2 } = new MessageChannel();
      let reported: readonly [number, number] = [0, 1];
      port1.on('message', (progress: readonly [number, number]) => {
        reported = progress;
        onProgress?.(...progress);
      });
      try {
        const { bytes, digest, examples, finalLoss } = await runtime.pool.run(
          'train',
          {
            dataset,
            labels: task.labels,
            configuration,
            seed,
            teacher: held === null ? null : { bytes: held.bytes, digest: held.digest },
            embeddings,
            progress: port2,
          },
          'TrainingFailed',
          [port2],
        );
        await runtime.objects.put(artifactKey, bytes);
        if (reported[0] < reported[1]) {
          onProgress?.(reported[1], reported[1]);
        }
        return { artifactKey, artifactDigest: digest, artifactBytes: bytes.length, examples, finalLoss };
      } finally {
        port1.removeAllListeners('message').close();
      }
    },
  };
}
