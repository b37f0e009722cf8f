import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../shared/domain/base/ids.ts';
import type { Configuration } from '../../shared/domain/models/configuration.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { intents, putDataset } from '../helpers/made-up-intents.ts';
import { labelOrNull } from '../helpers/outputs.ts';
import { train } from '../helpers/training.ts';
import { contractRequest, fresh, type TrainerAndPredictor, training } from './trained.ts';

/**
 * What every trainer and the predictor that answers with its artifacts have to do, however they train.
 * @param options.timeout of each test, milliseconds
 */
export function trainerContract(
  name: string,
  makeTrainerAndPredictor: () => Promise<TrainerAndPredictor>,
  configuration: Configuration,
  { timeout = 60_000 } = {},
): void {
  describe(`trainer and predictor: ${name}`, { timeout }, () => {
    let made: TrainerAndPredictor;
    const request = contractRequest(configuration);

    beforeAll(async () => {
      made = await makeTrainerAndPredictor();
      await putDataset(made.objects, request.datasetKey, training);
    });
    afterAll(() => made.close());

    it('learns to answer inputs that it has not seen', async () => {
      const checkpoint = await train(made.trainer, request);
      const answers = await made.predictor.predict(
        checkpoint.served,
        fresh.map(({ input }) => input),
      );
      const right = answers.filter(({ output }, index) => labelOrNull(output) === fresh[index]?.output);
      expect(right.length / fresh.length).toBeGreaterThan(0.9);
    });

    it('names what it wrote: where, SHA-256, size and number of examples', async () => {
      const artifact = await train(made.trainer, { ...request, predictor: made.predictor.name });
      const bytes = (await made.objects.get(request.artifactKey)) ?? new Uint8Array();
      expect(artifact).toMatchObject({
        served: {
          predictor: made.predictor.name,
          ref: request.artifactKey,
          digest: createHash('sha256').update(bytes).digest('hex'),
        },
        bytes: bytes.length,
        examples: training.length,
      });
    });

    it('joins a training that was started before under the same key, and never overwrites its artifact', async () => {
      const first = await train(made.trainer, { ...request, artifactKey: 'artifacts/once' });
      const stored = await made.objects.get('artifacts/once');
      const again = await train(made.trainer, { ...request, artifactKey: 'artifacts/once' });
      expect(again.served).toEqual(first.served);
      expect(await made.objects.get('artifacts/once')).toEqual(stored);
    });

    it('offers valid configurations to begin with and to tune by, and finds its options in them', () => {
      const context = { options: made.trainer.options.parse({}), losesTooMuch: false };
      const [first, ...others] = made.trainer.first(context);
      if (first === undefined) throw new Error('nothing to begin with');
      const neighbours = made.trainer.neighbours(first, context);
      const texts = [first, ...neighbours].map((one) => canonicalJson(made.trainer.configuration.parse(one)));
      expect(new Set(texts).size).toBe(texts.length);
      for (const other of others) expect(made.trainer.configuration.parse(other)).toEqual(other);
      expect(made.trainer.options.parse(first)).toEqual(context.options);
    });

    it('heeds the sample weights', async () => {
      const torn = ['balance', 'card'].map((output, index) => ({
        input: 'do the thing',
        output,
        weight: index === 0 ? 1 : 20,
      }));
      await putDataset(made.objects, 'datasets/torn.jsonl', [...training, ...torn]);
      const checkpoint = await train(made.trainer, {
        ...request,
        datasetKey: 'datasets/torn.jsonl',
        artifactKey: 'artifacts/torn',
      });
      const [answer] = await made.predictor.predict(checkpoint.served, ['do the thing']);
      expect(answer?.output).toBe('card');
    });

    it('refuses a dataset without examples, one that is no dataset, and outputs that are no labels', async () => {
      await made.objects.put('datasets/empty.jsonl', new Uint8Array());
      await made.objects.put('datasets/broken.jsonl', new TextEncoder().encode('{"input": "x"}\n'));
      await putDataset(made.objects, 'datasets/foreign.jsonl', [{ input: 'x', output: 'foreign' }]);
      for (const datasetKey of ['datasets/empty.jsonl', 'datasets/broken.jsonl', 'datasets/foreign.jsonl']) {
        await expect(
          train(made.trainer, { ...request, datasetKey, artifactKey: 'artifacts/refused' }),
        ).rejects.toMatchObject({ name: 'InvalidInput' });
      }
    });

    it('tells a missing dataset and a missing artifact from other faults', async () => {
      const nothing = { ...request, datasetKey: 'datasets/none', artifactKey: 'artifacts/never' };
      await expect(train(made.trainer, nothing)).rejects.toMatchObject({ name: 'ObjectMissing' });
      const served = { predictor: made.predictor.name, ref: 'artifacts/none', digest: '0'.repeat(64) };
      await expect(made.predictor.predict(served, ['x'])).rejects.toMatchObject({ name: 'ObjectMissing' });
    });

    it('refuses an artifact that is not the one the digest speaks of', async () => {
      const { served } = await train(made.trainer, request);
      const bytes = (await made.objects.get(request.artifactKey)) ?? new Uint8Array();
      const damaged = bytes.slice();
      damaged[damaged.length - 9] = (damaged[damaged.length - 9] ?? 0) ^ 1;
      for (const [key, body] of [
        ['damaged', damaged],
        ['short', bytes.slice(0, 100)],
        ['foreign', new Uint8Array(64)],
      ] as const) {
        const ref = `artifacts/${key}`;
        await made.objects.put(ref, body);
        const digest = served.digest?.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) ?? null;
        await expect(made.predictor.predict({ ...served, ref, digest }, ['x'])).rejects.toMatchObject({
          name: 'CorruptArtifact',
        });
      }
    });

    it('answers in the order of the inputs, each as if it were alone', async () => {
      const checkpoint = await train(made.trainer, request);
      const inputs = Array.from({ length: 1_200 }, (_, index) => `${fresh[index % fresh.length]?.input} ${index % 7}`);
      const together = await made.predictor.predict(checkpoint.served, inputs);
      for (const index of [0, 1, 511, 512, 1_199]) {
        expect([together[index]]).toEqual(await made.predictor.predict(checkpoint.served, [inputs[index] ?? '']));
      }
      expect(await made.predictor.predict(checkpoint.served, [])).toEqual([]);
    });

    it('gives probabilities, with as many alternatives as were asked for, best first', async () => {
      const checkpoint = await train(made.trainer, request);
      const [two] = await made.predictor.predict(checkpoint.served, ['block my card']);
      const [all] = await made.predictor.predict(checkpoint.served, ['block my card'], { alternatives: 99 });
      expect(two?.alternatives).toHaveLength(2);
      expect(two?.alternatives[0]).toEqual({ output: two?.output, confidence: two?.confidence });
      const confidences = all?.alternatives.map(({ confidence }) => confidence) ?? [];
      expect(all?.alternatives.map(({ output }) => output).toSorted()).toEqual(intents.toSorted());
      expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
      expect(confidences.reduce((sum, confidence) => sum + confidence, 0)).toBeCloseTo(1);
    });

    it('has no answer to an input without text, and survives odd and very long ones', async () => {
      const checkpoint = await train(made.trainer, request);
      const odd = [
        '',
        '  \n\t ',
        '\u200b\ufeff',
        '\ud800',
        '😀',
        'ß'.repeat(3_000_000),
        `${' '.repeat(100_000)}block my card`,
      ];
      const answers = await made.predictor.predict(checkpoint.served, odd);
      const nothing = { output: null, confidence: 0, alternatives: [] };
      expect(answers.slice(0, 4)).toEqual([nothing, nothing, nothing, nothing]);
      expect(answers.slice(4).map(({ output }) => output)).not.toContain(null);
      expect(answers.at(-1)?.output).toBe('card');
    });

    it('trains when a label of the task has no example, and never answers with it', async () => {
      const task = classificationTask([...intents, 'zebra']);
      const checkpoint = await train(made.trainer, { ...request, task, artifactKey: 'artifacts/zebra' });
      const answers = await made.predictor.predict(checkpoint.served, ['zebra', 'book a flight'], { alternatives: 5 });
      expect(answers.map(({ output }) => output)).not.toContain('zebra');
      expect(answers[1]?.alternatives).toHaveLength(5);
    });

    it('trains a task of one label, which then is the answer to everything', async () => {
      await putDataset(made.objects, 'datasets/one.jsonl', [{ input: 'hello', output: 'only' }]);
      const checkpoint = await train(made.trainer, {
        ...request,
        task: classificationTask(['only']),
        datasetKey: 'datasets/one.jsonl',
        artifactKey: 'artifacts/one',
      });
      const [answer] = await made.predictor.predict(checkpoint.served, ['something else']);
      expect(answer).toMatchObject({ output: 'only', confidence: 1 });
    });
  });
}
