import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EmbeddedRuntime } from '../../../../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../../../../shared/adapters/backends/embedded/embedded-trainer.ts';
import { defaultConfiguration } from '../../../../../shared/adapters/backends/embedded/search-space.ts';
import { classificationTask } from '../../../../../shared/tasks/classification/classification-spec.ts';
import { foldPlan } from '../../../../helpers/fold-plan.ts';
import { intents, madeUpIntents, putDataset } from '../../../../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../../../../helpers/memory-object-store.ts';
import { train } from '../../../../helpers/training.ts';

describe('embedded runtime', { timeout: 60_000 }, () => {
  it('embeds in order, repeated and empty texts too', async () => {
    await using runtime = new EmbeddedRuntime({ objects: new MemoryObjectStore(), threads: 2 });
    const [a, nothing, again, other] = await runtime.embed(['block my card', ' ', '  block my card', 'book a flight']);
    expect(again).toEqual(a);
    expect(other).not.toEqual(a);
    expect(nothing).toEqual(new Float32Array(512));
    expect(await runtime.embed([])).toEqual([]);
  });

  it('makes the same artifacts with any number of threads, and with embeddings from memory, from disk or new', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ratchet-runtime-'));
    try {
      const digests: string[] = [];
      for (const options of [
        { threads: 1 },
        { threads: 2, cacheDirectory: directory },
        { threads: 1, cacheDirectory: directory },
      ]) {
        const objects = new MemoryObjectStore();
        const lines = madeUpIntents.map((line, at) => ({ ...line, folds: [at % 10] }));
        await putDataset(objects, 'dataset', lines);
        await using runtime = new EmbeddedRuntime({ objects, ...options });
        for (const artifactKey of ['first', 'second']) {
          const { served, folds } = await train(createEmbeddedTrainer(runtime), {
            task: classificationTask(intents),
            datasetKey: 'dataset',
            configuration: defaultConfiguration('use-lite'),
            seed: 1,
            teacher: null,
            folds: foldPlan(artifactKey, 5),
            artifactKey,
            predictor: 'embedded',
          });
          digests.push([served, ...(folds?.models ?? [])].map((model) => model?.digest).join());
        }
      }
      expect(new Set(digests).size).toBe(1);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('lets the process end while it is idle, and writes nothing to stderr', async () => {
    const runtime = new URL('../../../../../shared/adapters/backends/embedded/embedded-runtime.ts', import.meta.url)
      .href;
    const script = `
      const { EmbeddedRuntime } = await import(${JSON.stringify(runtime)});
      const [row] = await new EmbeddedRuntime({ objects: {}, threads: 1 }).embed(['hello']);
      console.log(row.length);`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 50_000,
    });
    expect([stdout, stderr]).toEqual(['512\n', '']);
  });
});
