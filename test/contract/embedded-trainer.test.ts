import { createEmbeddedPredictor } from '../../shared/adapters/backends/embedded/embedded-predictor.ts';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../shared/adapters/backends/embedded/embedded-trainer.ts';
import { defaultConfiguration } from '../../shared/domain/models/default-configurations.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { trainerContract } from './trainer-contract.ts';

for (const foundation of ['none', 'use-lite'] as const) {
  trainerContract(
    `embedded, foundation ${foundation}`,
    async () => {
      const objects = new MemoryObjectStore();
      const runtime = new EmbeddedRuntime({ objects, threads: 2 });
      return {
        objects,
        trainer: createEmbeddedTrainer(runtime),
        predictor: createEmbeddedPredictor(runtime),
        close: () => runtime.close(),
      };
    },
    defaultConfiguration(foundation),
  );
}
