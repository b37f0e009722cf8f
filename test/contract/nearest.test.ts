import { describe, expect, it } from 'vitest';
import { createNearestBackEnd } from '../../shared/adapters/backends/nearest/nearest-back-end.ts';
import { asOutput } from '../../shared/domain/base/output.ts';
import type { Example } from '../../shared/domain/models/example.ts';
import { generation } from '../../shared/tasks/generation/generation.ts';
import { generationSpecFrom } from '../../shared/tasks/generation/generation-spec.ts';
import { madeUpIntents, putExamples, toExamples } from '../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { train } from '../helpers/training.ts';
import { foldModelsContract, onlyPart } from './fold-models-contract.ts';
import type { TrainerAndPredictor } from './trained.ts';

async function makeNearest(): Promise<TrainerAndPredictor> {
  const objects = new MemoryObjectStore();
  return { objects, ...createNearestBackEnd(objects), close: async () => undefined };
}

function answered(example: Example, text: string): Example {
  return { ...example, output: asOutput(text) };
}

const examples = toExamples([
  ...madeUpIntents.map((line, at) => ({ ...line, folds: [at % 10] })),
  ...['zinc here', 'the zinc', 'zinc and rust'].map((input, at) => ({
    input,
    output: 'metal',
    folds: [2 * onlyPart + (at % 2)],
  })),
]);

foldModelsContract('nearest', makeNearest, {
  task: generationSpecFrom({}),
  configuration: { neighbours: 1 },
  examples,
  kind: generation,
  secret: { input: 'zinc', output: asOutput('metal') },
  relabelled: (example) => answered(example, 'something else'),
});

describe('the generator that remembers', () => {
  const request = {
    task: generationSpecFrom({}),
    datasetKey: 'datasets/faq.jsonl',
    configuration: { neighbours: 3 },
    seed: 1,
    teacher: null,
    folds: null,
    artifactKey: 'artifacts/faq',
    predictor: 'nearest',
  } as const;

  async function answers(lines: Parameters<typeof toExamples>[0], inputs: readonly string[], neighbours = 3) {
    const { objects, trainer, predictor } = await makeNearest();
    await putExamples(objects, request.datasetKey, toExamples(lines));
    const { served } = await train(trainer, { ...request, configuration: { neighbours } });
    return predictor.predict(served, inputs, { alternatives: 3 });
  }

  it('answers as the most similar examples say, heavier ones more, and names the others', async () => {
    const faq = [
      { input: 'when do you open', output: 'at nine' },
      { input: 'when do you open on sunday', output: 'at ten' },
      { input: 'how do i return a parcel', output: 'at any shop' },
    ];
    const [open, sunday] = await answers(faq, ['when do you open?', 'do you open on sunday']);
    expect([open?.output, sunday?.output]).toEqual(['at nine', 'at ten']);
    expect(open?.confidence).toBeGreaterThan(open?.alternatives[1]?.confidence ?? 1);
    expect(open?.alternatives.map(({ output }) => output)).toEqual(['at nine', 'at ten', 'at any shop']);
    const torn = ['a', 'b'].map((output, at) => ({ input: 'do the thing', output, weight: at === 0 ? 1 : 20 }));
    expect((await answers(torn, ['do the thing']))[0]?.output).toBe('b');
  });

  it('has no answer for what resembles nothing', async () => {
    const [none] = await answers([{ input: 'when do you open', output: 'at nine' }], ['xyzzy', '']);
    expect(none).toEqual({ output: null, confidence: 0, alternatives: [] });
  });

  it('refuses a dataset without examples and another task, and an artifact that was changed', async () => {
    const { objects, trainer, predictor } = await makeNearest();
    await putExamples(objects, request.datasetKey, []);
    await expect(train(trainer, request)).rejects.toMatchObject({ name: 'InvalidInput' });
    await objects.put(request.datasetKey, new TextEncoder().encode('{"input": "x"}\n'));
    await expect(train(trainer, request)).rejects.toMatchObject({ name: 'InvalidInput' });
    await expect(train(trainer, { ...request, task: { kind: 'other' } })).rejects.toMatchObject({
      name: 'InvalidInput',
    });
    await expect(train(trainer, { ...request, datasetKey: 'none' })).rejects.toMatchObject({ name: 'ObjectMissing' });
    await putExamples(objects, request.datasetKey, toExamples([{ input: 'a', output: 'b' }]));
    const { served } = await train(trainer, request);
    await objects.put(served.ref, new TextEncoder().encode('{}'));
    await expect(predictor.predict(served, ['a'])).rejects.toMatchObject({ name: 'CorruptArtifact' });
    await objects.delete(served.ref);
    await expect(predictor.predict(served, ['a'])).rejects.toMatchObject({ name: 'ObjectMissing' });
  });
});
