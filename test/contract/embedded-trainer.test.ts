import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeArtifact } from '../../shared/adapters/backends/embedded/artifact.ts';
import type { EmbeddedConfiguration } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { createEmbeddedPredictor } from '../../shared/adapters/backends/embedded/embedded-predictor.ts';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../shared/adapters/backends/embedded/embedded-trainer.ts';
import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import type { Parts } from '../../shared/domain/evaluation/fold.ts';
import type { Served } from '../../shared/domain/models/served.ts';
import type { TrainingRequest } from '../../shared/ports/trainer.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { foldPlan } from '../helpers/fold-plan.ts';
import { intents, madeUpIntents, putDataset } from '../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { labelOrNull } from '../helpers/outputs.ts';
import { train } from '../helpers/training.ts';
import { deterministicTrainerContract } from './deterministic-trainer-contract.ts';
import { intentFolds } from './fold-cases.ts';
import { foldModelsContract } from './fold-models-contract.ts';
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
  foldModelsContract(name, makeEmbedded, intentFolds(defaultConfiguration(foundation)));

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

    it('keeps the examples of a part from its model to the byte, but for the one temperature of all', async () => {
      const labels = [...intents, 'zebra'];
      const honest = madeUpIntents.map((line, at) => ({ ...line, folds: [at % 10] }));
      const poisoned = honest.map((line) => ({ ...line, output: line.folds[0] === 3 ? 'zebra' : line.output }));
      await putDataset(made.objects, 'datasets/honest.jsonl', honest);
      await putDataset(made.objects, 'datasets/poisoned.jsonl', poisoned);
      const [trueModel, otherModel] = await Promise.all(
        ['honest', 'poisoned'].map(async (name) => {
          const artifactKey = `artifacts/${name}`;
          await train(made.trainer, {
            ...request,
            task: classificationTask(labels),
            datasetKey: `datasets/${name}.jsonl`,
            artifactKey,
            folds: foldPlan(artifactKey, 10),
          });
          const bytes = await made.objects.get(`${artifactKey}-fold-3-of-10`);
          const { header, ...blocks } = decodeArtifact(bytes ?? new Uint8Array());
          return { header: { ...header, temperature: 1 }, ...blocks };
        }),
      );
      expect(otherModel).toEqual(trueModel);
    });

    it('serves an average that answers as its fold models do on average', async () => {
      await putDataset(
        made.objects,
        'datasets/folded.jsonl',
        training.map((line, at) => ({ ...line, folds: at % 9 === 0 ? [] : [at % 10] })),
      );
      const { served, folds } = await train(made.trainer, {
        ...request,
        datasetKey: 'datasets/folded.jsonl',
        artifactKey: 'artifacts/average',
        folds: foldPlan('artifacts/average', 5),
      });
      const inputs = fresh.map(({ input }) => input);
      const logs = async (model: Served | null | undefined) => {
        if (model === null || model === undefined) throw new Error('there is no such model');
        const answers = await made.predictor.predict(model, inputs, { alternatives: intents.length });
        return answers.map(({ alternatives }) =>
          intents.map((intent) => {
            const found = alternatives.find(({ output }) => labelOrNull(output) === intent);
            return Math.log(found?.confidence ?? 0);
          }),
        );
      };
      const each = await Promise.all((folds?.models ?? []).map(logs));
      expect(each).toHaveLength(5);
      for (const [at, own] of (await logs(served)).entries()) {
        const mean = intents.map((_, k) => each.reduce((sum, model) => sum + (model[at]?.[k] ?? 0), 0) / each.length);
        const gap = (logits: readonly number[], k: number) => (logits[k] ?? 0) - (logits[0] ?? 0);
        for (const k of intents.keys()) expect(Math.abs(gap(own, k) - gap(mean, k))).toBeLessThan(0.3);
      }
    });

    it('learns for a part from the champion’s model of that part alone', async () => {
      const lines = madeUpIntents.map((line, at) => ({ ...line, folds: [at % 10] }));
      await putDataset(made.objects, 'datasets/lines.jsonl', lines);
      await putDataset(made.objects, 'datasets/fewer.jsonl', lines.slice(0, 90));
      const trained = (
        name: string,
        parts: Parts,
        { teacher = null, ...change }: Partial<EmbeddedConfiguration> & Pick<Partial<TrainingRequest>, 'teacher'> = {},
        dataset = 'lines',
      ) =>
        train(made.trainer, {
          ...request,
          datasetKey: `datasets/${dataset}.jsonl`,
          artifactKey: `artifacts/${name}`,
          folds: foldPlan(`artifacts/${name}`, parts),
          configuration: { ...defaultConfiguration(foundation), ...change },
          teacher,
        });
      const champion = await trained('champion-5', 5);
      const other = await trained('champion-fewer', 5, {}, 'fewer');
      const models = other.folds?.models.map((model, part) =>
        part === 3 ? (champion.folds?.models[3] ?? null) : model,
      );
      const mixed = { served: other.served, folds: { parts: 5 as const, models: models ?? [] } };
      const weights = async (model: Served | null | undefined) => {
        const { header, ...blocks } = decodeArtifact((await made.objects.get(model?.ref ?? '')) ?? new Uint8Array());
        return { header: { ...header, temperature: 1 }, ...blocks };
      };
      for (const change of [{ interpolation: 0.5 }, { distillation: 0.5 }]) {
        const name = Object.keys(change).join();
        const first = await trained(`${name}-first`, 10, { ...change, teacher: champion });
        const second = await trained(`${name}-second`, 10, { ...change, teacher: mixed });
        // Folds 6 and 7 are part 3 of five.
        for (const part of [0, 6, 7, 9]) {
          const [one, two] = await Promise.all([first, second].map(({ folds }) => weights(folds?.models[part])));
          if (part === 6 || part === 7) expect(two).toEqual(one);
          else expect(two).not.toEqual(one);
        }
        expect(second.served.digest).not.toBe(first.served.digest);
      }
      const ten = await trained('champion-10', 10);
      await expect(trained('too-few', 5, { interpolation: 0.5, teacher: ten })).rejects.toMatchObject({
        name: 'InvalidInput',
      });
    });

    it('has a model of a part whose other examples are of one label, and none where there are no others', async () => {
      const lines = training.map((line, at) => ({ ...line, folds: line.output === 'card' ? [9] : [at % 2] }));
      await putDataset(made.objects, 'datasets/lopsided.jsonl', lines);
      const lopsided = (artifactKey: string, datasetKey: string) =>
        train(made.trainer, { ...request, datasetKey, artifactKey, folds: foldPlan(artifactKey, 5) });
      const { served, folds } = await lopsided('artifacts/lopsided', 'datasets/lopsided.jsonl');
      const [first] = folds?.models ?? [];
      if (first === undefined || first === null) throw new Error('there is no such model');
      const [only] = await made.predictor.predict(first, ['book a flight']);
      expect(only).toMatchObject({ output: 'card', confidence: 1 });
      const [all] = await made.predictor.predict(served, ['please book a flight to rome']);
      expect(all?.output).toBe('travel');
      await putDataset(
        made.objects,
        'datasets/all-held.jsonl',
        training.map((line) => ({ ...line, folds: [0] })),
      );
      await expect(lopsided('artifacts/all-held', 'datasets/all-held.jsonl')).rejects.toMatchObject({
        name: 'InvalidInput',
      });
    });

    it('serves the model of all examples where models of a few parts are asked for', async () => {
      const few = { ...request, artifactKey: 'artifacts/few', folds: foldPlan('artifacts/few', 10, [4]) };
      const lines = training.map((line, at) => ({ ...line, folds: [at % 10] }));
      await putDataset(made.objects, 'datasets/few.jsonl', lines);
      const { served } = await train(made.trainer, { ...few, datasetKey: 'datasets/few.jsonl' });
      const alone = await train(made.trainer, { ...request, datasetKey: 'datasets/few.jsonl', artifactKey: 'a/alone' });
      const weights = async (model: Served) => {
        const { header, ...blocks } = decodeArtifact((await made.objects.get(model.ref)) ?? new Uint8Array());
        return { header: { ...header, temperature: 1 }, ...blocks };
      };
      expect(await weights(served)).toEqual(await weights(alone.served));
    });
  });
}
