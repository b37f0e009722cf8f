import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbeddedPredictor } from '../../shared/adapters/backends/embedded/embedded-predictor.ts';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../shared/adapters/backends/embedded/embedded-trainer.ts';
import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { intents, putDataset } from '../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { labelOrNull } from '../helpers/outputs.ts';
import { train } from '../helpers/training.ts';
import { deterministicTrainerContract } from './deterministic-trainer-contract.ts';
import { contractRequest, fresh, type TrainerAndPredictor, training } from './trained.ts';
import { trainerContract } from './trainer-contract.ts';

async function makeEmbedded(): Promise<TrainerAndPredictor> {
  const objects = new MemoryObjectStore();
  const runtime = new EmbeddedRuntime({ objects, threads: 2 });
  return {
    objects,
    trainer: createEmbeddedTrainer(runtime),
    predictor: createEmbeddedPredictor(runtime),
    close: () => runtime.close(),
  };
}

for (const foundation of ['none', 'use-lite'] as const) {
  const name = `embedded, foundation ${foundation}`;
  trainerContract(name, makeEmbedded, defaultConfiguration(foundation));
  deterministicTrainerContract(name, makeEmbedded, defaultConfiguration(foundation));

  describe(`the embedded trainer, foundation ${foundation}`, { timeout: 60_000 }, () => {
    let made: TrainerAndPredictor;
    const request = contractRequest(defaultConfiguration(foundation));

    beforeAll(async () => {
      made = await makeEmbedded();
      await putDataset(made.objects, request.datasetKey, training);
    });
    afterAll(() => made.close());

    it('distils a teacher where the teacher is right, though it knows other labels', async () => {
      const known = training.filter(({ output }) => output !== 'weather');
      await putDataset(made.objects, 'datasets/known.jsonl', known);
      const teacher = await train(made.trainer, {
        ...request,
        task: classificationTask([...intents, 'other']),
        datasetKey: 'datasets/known.jsonl',
        artifactKey: 'artifacts/teacher',
      });
      const plain = await train(made.trainer, { ...request, artifactKey: 'artifacts/plain' });
      const pupil = { ...request, artifactKey: 'artifacts/pupil', teacher: { served: teacher.served, folds: null } };
      const undistilled = await train(made.trainer, { ...pupil, artifactKey: 'artifacts/undistilled' });
      expect(undistilled.served.digest).toBe(plain.served.digest);
      const distilled = await train(made.trainer, {
        ...pupil,
        configuration: { ...defaultConfiguration(foundation), distillation: 0.5 },
      });
      expect(distilled.served.digest).not.toBe(plain.served.digest);
      const answers = await made.predictor.predict(
        distilled.served,
        fresh.map(({ input }) => input),
      );
      expect(
        answers.filter(({ output }, index) => labelOrNull(output) === fresh[index]?.output).length / fresh.length,
      ).toBeGreaterThan(0.9);
    });

    it('interpolates with a champion, which brings in what only it has learnt', async () => {
      const part = training.filter(({ output }) => output !== 'weather');
      await putDataset(made.objects, 'datasets/part.jsonl', part);
      const champion = await train(made.trainer, { ...request, artifactKey: 'artifacts/champion' });
      const pupil = {
        ...request,
        datasetKey: 'datasets/part.jsonl',
        artifactKey: 'artifacts/merged',
        teacher: { served: champion.served, folds: null },
      };
      const merged = await train(made.trainer, {
        ...pupil,
        configuration: { ...defaultConfiguration(foundation), interpolation: 0.5 },
      });
      const weather = fresh.filter(({ output }) => output === 'weather');
      const answers = await made.predictor.predict(
        merged.served,
        weather.map(({ input }) => input),
      );
      expect(answers.filter(({ output }) => labelOrNull(output) === 'weather').length).toBeGreaterThan(
        0.8 * weather.length,
      );
      const again = await train(made.trainer, {
        ...pupil,
        artifactKey: 'artifacts/again',
        configuration: { ...defaultConfiguration(foundation), interpolation: 0.5 },
      });
      expect(again.served.digest).toBe(merged.served.digest);
    });
  });
}
