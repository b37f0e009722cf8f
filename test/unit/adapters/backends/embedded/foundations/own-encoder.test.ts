import { appendFile, cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedRuntime } from '../../../../../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../../../../../shared/adapters/backends/embedded/embedded-trainer.ts';
import { defaultConfiguration } from '../../../../../../shared/adapters/backends/embedded/search-space.ts';
import { classificationTask } from '../../../../../../shared/tasks/classification/classification-spec.ts';
import { foldPlan } from '../../../../../helpers/fold-plan.ts';
import { intents, madeUpIntents, putDataset } from '../../../../../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../../../../../helpers/memory-object-store.ts';
import { tinyWidth, writeTinyEncoder } from '../../../../../helpers/tiny-encoder.ts';
import { train } from '../../../../../helpers/training.ts';

let root: string;
let runtime: EmbeddedRuntime;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-encoder-'));
  await writeTinyEncoder(join(root, 'tiny'));
  runtime = runtimeWith({ threads: 1 });
});
afterAll(async () => {
  await runtime.close();
  await rm(root, { recursive: true, force: true });
});

const runtimeWith = (options: { threads?: number; cacheDirectory?: string; objects?: MemoryObjectStore } = {}) =>
  new EmbeddedRuntime({
    objects: new MemoryObjectStore(),
    threads: 2,
    encoders: { cacheDirectory: join(root, 'cache'), env: { HF_HUB_OFFLINE: '1' } },
    ...options,
  });

const texts = Array.from({ length: 70 }, (_, at) => `where is parcel ${at}${', and what does it cost'.repeat(at % 5)}`);

describe('a sentence encoder of one’s own', { timeout: 120_000 }, () => {
  it('embeds a text to the same bits whatever else is embedded, with any number of threads', async () => {
    const foundation = join(root, 'tiny');
    await using two = runtimeWith({ threads: 2 });
    const encoder = await runtime.pinEncoder(foundation, {});
    expect(encoder).toMatchObject({ variant: 'fp32', pooling: 'mean', prompt: '', maxTokens: 64, width: tinyWidth });
    const by = { foundation, encoder };
    const together = await runtime.embed(texts, by);
    const reversed = (await two.embed(texts.toReversed(), by)).toReversed();
    expect(reversed).toEqual(together);
    await using third = runtimeWith({ threads: 1 });
    expect(await third.embed([texts[33] ?? ''], by)).toEqual([together[33]]);
    for (const row of together) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
    expect(new Set(together.map(String)).size).toBe(texts.length);
    expect(await runtime.embed([' '], by)).toEqual([new Float32Array(tinyWidth)]);
  });

  it('pools and prompts as its folder says, or as is chosen, which makes it another encoder', async () => {
    const foundation = join(root, 'cls');
    await writeTinyEncoder(foundation, {
      files: {
        '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false },
        'sentence_bert_config.json': { max_seq_length: 12 },
        'config_sentence_transformers.json': { prompts: { query: 'query: ' }, default_prompt_name: 'query' },
      },
    });
    const told = await runtime.pinEncoder(foundation, {});
    expect(told).toMatchObject({ pooling: 'cls', prompt: 'query: ', maxTokens: 12 });
    const plain = await runtime.pinEncoder(foundation, { pooling: 'mean', prompt: '' });
    expect(plain).toMatchObject({ pooling: 'mean', prompt: '', maxTokens: 12 });
    expect(plain.digest).not.toBe(told.digest);
    const [first] = await runtime.embed(['query: a parcel'], { foundation, encoder: plain });
    const [second] = await runtime
      .embed(['a parcel'], { foundation, encoder: { ...told, pooling: 'mean' } })
      .catch((error: unknown) => [error]);
    expect(second).toMatchObject({ name: 'FoundationMissing' });
    const mean = await runtime.pinEncoder(foundation, { pooling: 'mean' });
    expect(await runtime.embed(['a parcel'], { foundation, encoder: mean })).toEqual([first]);
    const long = `a parcel ${'b '.repeat(40)}`;
    expect(await runtime.embed([long], { foundation, encoder: mean })).toEqual(
      await runtime.embed([`${long} and more`], { foundation, encoder: mean }),
    );
  });

  it('takes the quantised weights where there are some, and others where they are asked for', async () => {
    const foundation = join(root, 'both');
    await writeTinyEncoder(foundation, { weights: ['onnx/model.onnx', 'onnx/model_quantized.onnx'] });
    const usual = await runtime.pinEncoder(foundation, {});
    const full = await runtime.pinEncoder(foundation, { variant: 'fp32' });
    expect([usual.variant, full.variant]).toEqual(['q8', 'fp32']);
    expect(full.digest).not.toBe(usual.digest);
    await expect(runtime.pinEncoder(foundation, { variant: 'q4' })).rejects.toThrow(/model_q4\.onnx/);
  });

  it('is refused when its folder has changed or is gone, and may have moved back', async () => {
    const foundation = join(root, 'changing');
    await writeTinyEncoder(foundation);
    const by = { foundation, encoder: await runtime.pinEncoder(foundation, {}) };
    await cp(foundation, join(root, 'kept'), { recursive: true });
    await appendFile(join(foundation, 'tokenizer.json'), ' ');
    await using second = runtimeWith({ threads: 1 });
    await expect(second.embed(['a'], by)).rejects.toMatchObject({
      name: 'FoundationMissing',
      message: expect.stringMatching(/has changed since the model was made/),
    });
    await rm(foundation, { recursive: true });
    await expect(second.embed(['a'], by)).rejects.toThrow(/is not there/);
    await rename(join(root, 'kept'), foundation);
    expect(await second.embed(['a'], by)).toEqual(await runtime.embed(['a'], by));
  });

  it('is refused, with what to do, where its folder lacks something, or asks for what is not done', async () => {
    const pin = (name: string) => runtime.pinEncoder(join(root, name), {});
    await expect(pin('nowhere')).rejects.toMatchObject({ name: 'FoundationMissing' });
    await writeTinyEncoder(join(root, 'weightless'), { weights: [] });
    await expect(pin('weightless')).rejects.toThrow(/no weights as ONNX/);
    await writeTinyEncoder(join(root, 'dense'), {
      files: { 'modules.json': [{ type: 'sentence_transformers.models.Dense' }] },
    });
    await expect(pin('dense')).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(/Dense/) });
    await writeTinyEncoder(join(root, 'max'), {
      files: { '1_Pooling/config.json': { pooling_mode_max_tokens: true } },
    });
    await expect(pin('max')).rejects.toThrow(/max_tokens/);
    await writeTinyEncoder(join(root, 'broken'), { weights: [] });
    await writeTinyEncoder(join(root, 'broken'), { files: { 'onnx/model.onnx': 'no graph' }, weights: [] });
    await expect(pin('broken')).rejects.toMatchObject({ name: 'FoundationMissing' });
    await using without = new EmbeddedRuntime({ objects: new MemoryObjectStore(), threads: 1 });
    await expect(without.pinEncoder(join(root, 'tiny'), {})).rejects.toThrow(/deployed stack/);
  });

  it('keeps its vectors apart from those of others, and forgets them with the texts', async () => {
    const cacheDirectory = join(root, 'vectors');
    const foundation = join(root, 'tiny');
    await using first = runtimeWith({ threads: 1, cacheDirectory });
    const by = { foundation, encoder: await first.pinEncoder(foundation, {}) };
    await first.embed(texts.slice(0, 3), by);
    await first.embed(texts.slice(0, 3));
    await first.close();
    expect((await readdir(cacheDirectory)).length).toBe(2);
    await using second = runtimeWith({ threads: 1, cacheDirectory });
    expect(await second.forgetEmbeddings([texts[1] ?? '', 'never seen'])).toBe(2);
    const left = await Promise.all((await readdir(cacheDirectory)).map((name) => readdir(join(cacheDirectory, name))));
    expect(left.flat()).toEqual([]);
  });

  it('trains the same artifacts to the byte, with embeddings from disk or new', async () => {
    const foundation = join(root, 'tiny');
    const digests: string[] = [];
    for (const options of [
      { threads: 2, cacheDirectory: join(root, 'shared') },
      { threads: 1, cacheDirectory: join(root, 'shared') },
    ]) {
      const objects = new MemoryObjectStore();
      await putDataset(
        objects,
        'dataset',
        madeUpIntents.map((line, at) => ({ ...line, folds: [at % 10] })),
      );
      await using runtime = runtimeWith({ objects, ...options });
      const encoder = await runtime.pinEncoder(foundation, {});
      const { served, folds } = await train(createEmbeddedTrainer(runtime), {
        task: classificationTask(intents),
        datasetKey: 'dataset',
        configuration: defaultConfiguration(foundation, encoder),
        seed: 1,
        teacher: null,
        folds: foldPlan('artifact', 5),
        artifactKey: 'artifact',
        predictor: 'embedded',
      });
      digests.push([served, ...(folds?.models ?? [])].map((model) => model?.digest).join());
    }
    expect(new Set(digests).size).toBe(1);
  });
});
