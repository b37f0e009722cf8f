import { expect, test } from 'vitest';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../shared/adapters/backends/embedded/embedded-trainer.ts';
import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import type { TrainingRequest } from '../../shared/ports/trainer.ts';
import { putDataset } from '../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { slowBackEndOn } from '../helpers/slow-back-end.ts';
import { longWorkContract } from './long-work-contract.ts';
import { contractRequest, training } from './trained.ts';

const requests = (number: number): TrainingRequest => ({
  ...contractRequest(defaultConfiguration('none')),
  artifactKey: `artifacts/${number}`,
});

async function objectsWithDataset(): Promise<MemoryObjectStore> {
  const objects = new MemoryObjectStore();
  await putDataset(objects, requests(0).datasetKey, training);
  return objects;
}

longWorkContract('the embedded trainer', async () => {
  const runtime = new EmbeddedRuntime({ objects: await objectsWithDataset(), threads: 1 });
  return { work: createEmbeddedTrainer(runtime), request: requests };
});

longWorkContract('a trainer of several advances', async () => ({
  work: slowBackEndOn(await objectsWithDataset(), { steps: 3, fails: false }).trainer,
  request: requests,
}));

test('work that failed is begun anew when it is started under its key', async () => {
  const { trainer, begun } = slowBackEndOn(await objectsWithDataset(), { steps: 1, fails: true });
  const first = await trainer.start('k', requests(1), 0);
  if (first.status !== 'working') throw new Error('it is done at once');
  expect(await trainer.advance(first.handle, 0)).toMatchObject({ status: 'failed' });
  const second = await trainer.start('k', requests(1), 0);
  if (second.status !== 'working') throw new Error('it is done at once');
  expect(await trainer.advance(second.handle, 0)).toMatchObject({ status: 'done' });
  expect(begun).toEqual(['k', 'k']);
});
