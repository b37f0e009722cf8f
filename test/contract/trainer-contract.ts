import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../shared/domain/models/default-configurations.ts';
import type { Configuration } from '../../shared/domain/models/hyperparameters.ts';
import { classificationTask } from '../../shared/domain/models/task.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { Trainer, TrainingRequest } from '../../shared/ports/trainer.ts';
import { intents, madeUpIntents, putDataset } from '../helpers/made-up-intents.ts';

export interface TrainerAndPredictor {
  readonly objects: ObjectStore;
  readonly trainer: Trainer;
  readonly predictor: Predictor;
  close(): Promise<void>;
}

/** What every trainer and the predictor that answers with its artifacts have to do. */
export function trainerContract(
  name: string,
  makeTrainerAndPredictor: () => Promise<TrainerAndPredictor>,
  configuration: Configuration = defaultConfiguration('none'),
): void {
  describe(`trainer and predictor: ${name}`, { timeout: 60_000 }, () => {
    let made: TrainerAndPredictor;
    const training = madeUpIntents.filter((_, index) => index % 3 !== 0);
    const fresh = madeUpIntents.filter((_, index) => index % 3 === 0);
    const request: TrainingRequest = {
      task: classificationTask(intents),
      datasetKey: 'datasets/made-up.jsonl',
      configuration,
      seed: 7,
      teacher: null,
      artifactKey: 'artifacts/made-up',
    };

    beforeAll(async () => {
      made = await makeTrainerAndPredictor();
      await putDataset(made.objects, request.datasetKey, training);
    });
    afterAll(() => made.close());

    it('learns to answer inputs that it has not seen', async () => {
      const checkpoint = await made.trainer.train(request);
      const answers = await made.predictor.predict(
        checkpoint,
        fresh.map(({ input }) => input),
      );
      const right = answers.filter(({ output }, index) => output === fresh[index]?.output);
      expect(right.length / fresh.length).toBeGreaterThan(0.9);
    });

    it('names what it wrote: key, SHA-256, size and number of examples', async () => {
      const result = await made.trainer.train(request);
      const bytes = (await made.objects.get(request.artifactKey)) ?? new Uint8Array();
      expect(result).toMatchObject({
        artifactKey: request.artifactKey,
        artifactDigest: createHash('sha256').update(bytes).digest('hex'),
        artifactBytes: bytes.length,
        examples: training.length,
      });
      expect(Number.isFinite(result.finalLoss)).toBe(true);
    });

    it('gives the same artifact for the same request, byte for byte, also when trainings overlap', async () => {
      const [first, second] = await Promise.all([
        made.trainer.train({ ...request, artifactKey: 'artifacts/first' }),
        made.trainer.train({ ...request, artifactKey: 'artifacts/second' }),
      ]);
      expect(second.artifactDigest).toBe(first.artifactDigest);
      expect(await made.objects.get('artifacts/second')).toEqual(await made.objects.get('artifacts/first'));
    });

    it('reports progress that rises to its end', async () => {
      const reports: [number, number][] = [];
      await made.trainer.train(request, (done, total) => reports.push([done, total]));
      const shares = reports.map(([done, total]) => done / total);
      expect(shares.at(-1)).toBe(1);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    });

    it('heeds the sample weights', async () => {
      const torn = ['balance', 'card'].map((output, index) => ({
        input: 'do the thing',
        output,
        weight: index === 0 ? 1 : 20,
      }));
      await putDataset(made.objects, 'datasets/torn.jsonl', [...training, ...torn]);
      const checkpoint = await made.trainer.train({
        ...request,
        datasetKey: 'datasets/torn.jsonl',
        artifactKey: 'artifacts/torn',
      });
      const [answer] = await made.predictor.predict(checkpoint, ['do the thing']);
      expect(answer?.output).toBe('card');
    });

    it('trains when a label of the task has no example, and never answers with it', async () => {
      const task = classificationTask([...intents, 'zebra']);
      const checkpoint = await made.trainer.train({ ...request, task, artifactKey: 'artifacts/zebra' });
      const answers = await made.predictor.predict(checkpoint, ['zebra', 'book a flight'], { alternatives: 5 });
      expect(answers.map(({ output }) => output)).not.toContain('zebra');
      expect(answers[1]?.alternatives).toHaveLength(5);
    });

    it('trains a task of one label, which then is the answer to everything', async () => {
      await putDataset(made.objects, 'datasets/one.jsonl', [{ input: 'hello', output: 'only' }]);
      const checkpoint = await made.trainer.train({
        ...request,
        task: classificationTask(['only']),
        datasetKey: 'datasets/one.jsonl',
        artifactKey: 'artifacts/one',
      });
      const [answer] = await made.predictor.predict(checkpoint, ['something else']);
      expect(answer).toMatchObject({ output: 'only', confidence: 1 });
    });

    it('refuses a dataset without examples, one that is no dataset, and outputs that are no labels', async () => {
      await made.objects.put('datasets/empty.jsonl', new Uint8Array());
      await made.objects.put('datasets/broken.jsonl', new TextEncoder().encode('{"input": "x"}\n'));
      await putDataset(made.objects, 'datasets/foreign.jsonl', [{ input: 'x', output: 'foreign' }]);
      for (const datasetKey of ['datasets/empty.jsonl', 'datasets/broken.jsonl', 'datasets/foreign.jsonl']) {
        await expect(made.trainer.train({ ...request, datasetKey })).rejects.toMatchObject({ name: 'InvalidInput' });
      }
    });

    it('tells a missing dataset and a missing artifact from other faults', async () => {
      await expect(made.trainer.train({ ...request, datasetKey: 'datasets/none' })).rejects.toMatchObject({
        name: 'ObjectMissing',
      });
      const checkpoint = { artifactKey: 'artifacts/none', artifactDigest: '0'.repeat(64) };
      await expect(made.predictor.predict(checkpoint, ['x'])).rejects.toMatchObject({ name: 'ObjectMissing' });
    });

    it('refuses an artifact that is not the one the digest speaks of', async () => {
      const { artifactDigest } = await made.trainer.train(request);
      const bytes = (await made.objects.get(request.artifactKey)) ?? new Uint8Array();
      const damaged = bytes.slice();
      damaged[damaged.length - 9] = (damaged[damaged.length - 9] ?? 0) ^ 1;
      for (const [key, body] of [
        ['damaged', damaged],
        ['short', bytes.slice(0, 100)],
        ['foreign', new Uint8Array(64)],
      ] as const) {
        await made.objects.put(`artifacts/${key}`, body);
        const artifactDigestOfOther = artifactDigest.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
        const checkpoint = { artifactKey: `artifacts/${key}`, artifactDigest: artifactDigestOfOther };
        await expect(made.predictor.predict(checkpoint, ['x'])).rejects.toMatchObject({ name: 'CorruptArtifact' });
      }
    });

    it('answers in the order of the inputs, each as if it were alone', async () => {
      const checkpoint = await made.trainer.train(request);
      const inputs = Array.from({ length: 1_200 }, (_, index) => `${fresh[index % fresh.length]?.input} ${index % 7}`);
      const together = await made.predictor.predict(checkpoint, inputs);
      for (const index of [0, 1, 511, 512, 1_199]) {
        expect([together[index]]).toEqual(await made.predictor.predict(checkpoint, [inputs[index] ?? '']));
      }
      expect(await made.predictor.predict(checkpoint, [])).toEqual([]);
    });

    it('gives probabilities, with as many alternatives as were asked for, best first', async () => {
      const checkpoint = await made.trainer.train(request);
      const [two] = await made.predictor.predict(checkpoint, ['block my card']);
      const [all] = await made.predictor.predict(checkpoint, ['block my card'], { alternatives: 99 });
      expect(two?.alternatives).toHaveLength(2);
      expect(two?.alternatives[0]).toEqual({ output: two?.output, confidence: two?.confidence });
      const confidences = all?.alternatives.map(({ confidence }) => confidence) ?? [];
      expect(all?.alternatives.map(({ output }) => output).toSorted()).toEqual(intents.toSorted());
      expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
      expect(confidences.reduce((sum, confidence) => sum + confidence, 0)).toBeCloseTo(1);
    });

    it('has no answer to an input without text, and survives odd and very long ones', async () => {
      const checkpoint = await made.trainer.train(request);
      const odd = [
        '',
        '  \n\t ',
        '\u200b\ufeff',
        '\ud800',
        '😀',
        'ß'.repeat(3_000_000),
        `${' '.repeat(100_000)}block my card`,
      ];
      const answers = await made.predictor.predict(checkpoint, odd);
      const nothing = { output: null, confidence: 0, alternatives: [] };
      expect(answers.slice(0, 4)).toEqual([nothing, nothing, nothing, nothing]);
      expect(answers.slice(4).map(({ output }) => output)).not.toContain(null);
      expect(answers.at(-1)?.output).toBe('card');
    });

    it('distils a teacher where the teacher is right, though it knows other labels', async () => {
      const known = training.filter(({ output }) => output !== 'weather');
      await putDataset(made.objects, 'datasets/known.jsonl', known);
      const teacher = await made.trainer.train({
        ...request,
        task: classificationTask([...intents, 'other']),
        datasetKey: 'datasets/known.jsonl',
        artifactKey: 'artifacts/teacher',
      });
      const plain = await made.trainer.train({ ...request, artifactKey: 'artifacts/plain' });
      const pupil = { ...request, artifactKey: 'artifacts/pupil', teacher };
      const undistilled = await made.trainer.train(pupil);
      expect(undistilled.artifactDigest).toBe(plain.artifactDigest);
      const distilled = await made.trainer.train({ ...pupil, configuration: { ...configuration, distillation: 0.5 } });
      expect(distilled.artifactDigest).not.toBe(plain.artifactDigest);
      const answers = await made.predictor.predict(
        distilled,
        fresh.map(({ input }) => input),
      );
      expect(
        answers.filter(({ output }, index) => output === fresh[index]?.output).length / fresh.length,
      ).toBeGreaterThan(0.9);
    });

    it('interpolates with a champion, which brings in what only it has learnt', async () => {
      const part = training.filter(({ output }) => output !== 'weather');
      await putDataset(made.objects, 'datasets/part.jsonl', part);
      const champion = await made.trainer.train({ ...request, artifactKey: 'artifacts/champion' });
      const pupil = {
        ...request,
        datasetKey: 'datasets/part.jsonl',
        artifactKey: 'artifacts/merged',
        teacher: champion,
      };
      const merged = await made.trainer.train({ ...pupil, configuration: { ...configuration, interpolation: 0.5 } });
      const weather = fresh.filter(({ output }) => output === 'weather');
      const answers = await made.predictor.predict(
        merged,
        weather.map(({ input }) => input),
      );
      expect(answers.filter(({ output }) => output === 'weather').length).toBeGreaterThan(0.8 * weather.length);
      const again = await made.trainer.train({ ...pupil, configuration: { ...configuration, interpolation: 0.5 } });
      expect(again.artifactDigest).toBe(merged.artifactDigest);
    });
  });
}
