import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { embeddedTrainerFacts } from '../../../../shared/adapters/backends/embedded/facts.ts';
import { storeArtifact } from '../../../../shared/adapters/backends/store-artifact.ts';
import { digest } from '../../../../shared/domain/base/ids.ts';
import type { Json } from '../../../../shared/domain/base/json.ts';
import { trainingCostKey, trainingCostSchema } from '../../../../shared/domain/models/cost.ts';
import type { Served } from '../../../../shared/domain/models/served.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { trainCandidates } from '../../../../shared/loop/training/train-candidates.ts';
import { readJson, writeJson } from '../../../../shared/ports/documents.ts';
import { noUsage, type Progress, type Usage } from '../../../../shared/ports/long-work.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../../../shared/ports/trainer.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { foldPlan } from '../../../helpers/fold-plan.ts';
import { sampleCheckpoint, sampleDataset } from '../../../helpers/lineage-samples.ts';
import { MemoryBudgets } from '../../../helpers/memory-budgets.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { trainFoldModels } from '../../../helpers/train-fold-models.ts';

const [configuration = {}] = embeddedTrainerFacts.first({ options: { foundation: 'none' }, losesTooMuch: false });
const artifactKey = 'models/m1/checkpoints/new/artifact.bin';
const folds = foldPlan(artifactKey, 5);
const champion = sampleCheckpoint({ folds: foldModels(5) });

interface Change extends Partial<Trainer> {
  readonly without?: 'fold models';
  readonly usage?: Usage;
  /** Whether the training works on at first, and is done when it is asked again. */
  readonly long?: true;
}

/** A candidate that is to be trained, and its stage. */
async function candidateOf(change: Change = {}) {
  const ports = { ...memoryPorts(), budgets: new MemoryBudgets() };
  const requests: TrainingRequest[] = [];
  const { without, usage, long, ...facts } = change;
  const store = async (key: string): Promise<Served> => {
    const bytes = bytesOf(`training ${requests.length} of ${key}`);
    return { predictor: 'embedded', ref: key, digest: (await storeArtifact(ports.objects, key, bytes)).digest };
  };
  const work = async (request: TrainingRequest): Promise<Progress<Artifact>> => {
    requests.push(request);
    const models = without === undefined ? await trainFoldModels(request.folds, [], (_, key) => store(key)) : null;
    const value = { served: await store(request.artifactKey), folds: models, bytes: 1, examples: 8, finalLoss: null };
    return { status: 'done', value, usage: usage ?? noUsage };
  };
  const working = { status: 'working', handle: 'job', done: 1, total: 2, waitSeconds: 30 } as const;
  let begun: TrainingRequest | null = null;
  const neverTheSame: Trainer = {
    ...embeddedTrainerFacts,
    async start(_, request) {
      begun = request;
      return long === true ? working : work(request);
    },
    async advance() {
      if (begun === null) throw new Error('it was not begun');
      return work(begun);
    },
    ...facts,
  };
  await putPlan(ports, { champion, parts: 5 });
  await writeJson(ports.objects, 'candidate.json', {
    candidateId: 'i1-c1',
    iteration: 1,
    checkpointId: 'new',
    datasetId: 'd2',
    datasetKey: 'dataset.jsonl',
    mode: 'complement',
    configuration,
    artifactKey,
    folds,
  });
  const input = {
    ...sampleHead,
    item: 'i1-c1',
    prepared: samplePrepared,
    candidate: { candidateId: 'i1-c1', checkpointId: 'new', key: 'candidate.json' },
  };
  const context = stageContext({ ...ports, trainers: new Map([['embedded', neverTheSame]]) });
  const train = (handle: Json | null = null) => trainCandidates.run(input, { ...context, handle });
  return { ports, requests, train, checkpoint: () => ports.lineage.getCheckpoint('m1', 'new') };
}

/** Enters the candidate's dataset in the lineage, which holds no example, by the digest of what was assembled. */
async function putDatasetOf({ lineage, objects }: MemoryPorts, assembled = '') {
  await objects.put('dataset.jsonl', bytesOf(''));
  const written = digest(bytesOf(assembled));
  await lineage.putDataset(sampleDataset({ datasetId: 'd2', key: 'dataset.jsonl', digest: written }));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Trains the candidate twice, as after a kill before the completion record. */
async function twice(change: Change = {}) {
  const { ports, requests, train, checkpoint } = await candidateOf(change);
  const outputs = [await train(), await train()];
  return { ports, requests, outputs, checkpoint: await checkpoint() };
}

describe('a trained candidate', () => {
  test('is on record by the artifacts there are, when it is trained twice', async () => {
    const { ports, requests, outputs, checkpoint } = await twice();
    expect(requests).toHaveLength(2);
    expect(outputs).toEqual(Array(2).fill({ candidateId: 'i1-c1', checkpointId: 'new', examples: 8 }));
    const models = [checkpoint?.served, ...(checkpoint?.folds?.models ?? [])];
    expect(models).toHaveLength(6);
    for (const served of models) {
      const stored = (await ports.objects.get(served?.ref ?? '')) ?? new Uint8Array();
      expect(served?.digest).toBe(createHash('sha256').update(stored).digest('hex'));
      expect(new TextDecoder().decode(stored)).toContain('training 1');
    }
  });

  test('has the fold models that were planned, and the champion for its parent', async () => {
    const { requests, checkpoint } = await twice();
    expect(requests[0]?.folds).toEqual(folds);
    expect(checkpoint).toMatchObject({ parentId: 'c1', datasetId: 'd2', runId: 'r1', folds: { parts: 5 } });
    expect(checkpoint?.folds?.models.map((model) => model?.ref)).toEqual(
      folds.models.map((model) => model.artifactKey),
    );
  });

  test('learns from the champion with its fold models, where its configuration asks for it', async () => {
    expect((await twice()).requests[0]?.teacher).toBeNull();
    const { requests } = await twice({ learnsFromChampion: () => true });
    expect(requests[0]?.teacher).toEqual({ served: champion.served, folds: champion.folds });
  });

  test('is no candidate without fold models: what has seen everything can be weighed by nothing', async () => {
    await expect(twice({ without: 'fold models' })).rejects.toThrow('gave no fold models of 5 parts');
  });

  test('is waited for where its training takes longer, and is on record once that is done', async () => {
    const { train, checkpoint } = await candidateOf({ long: true });
    const first = await train();
    if (!(first instanceof Unfinished)) throw new Error('it is done');
    expect(first.work.waitSeconds).toBe(30);
    expect(await checkpoint()).toBeUndefined();
    expect(await train(first.work.handle)).toEqual({ candidateId: 'i1-c1', checkpointId: 'new', examples: 8 });
    expect(await checkpoint()).toMatchObject({ checkpointId: 'new' });
  });

  test('begins with the dataset that was assembled, or not at all', async () => {
    const { ports, requests, train } = await candidateOf();
    await putDatasetOf(ports, 'what was assembled');
    await expect(train()).rejects.toMatchObject({ name: 'CorruptArtifact' });
    expect(requests).toEqual([]);
  });

  test('goes on with what it began with, whatever has become of the dataset', async () => {
    const { ports, train } = await candidateOf({ long: true });
    await putDatasetOf(ports);
    const first = await train();
    if (!(first instanceof Unfinished)) throw new Error('it is done');
    await ports.objects.put('dataset.jsonl', bytesOf('{}'));
    expect(await train(first.work.handle)).toMatchObject({ candidateId: 'i1-c1' });
  });

  test('has on record what its training took, of which the budget is told', async () => {
    const { ports, train } = await candidateOf({ usage: { ...noUsage, usd: 0.5, seconds: 60 }, passes: () => 3 });
    const microUsd = { turns: 0, outputTokens: 0, microUsd: 2_000_000 };
    await ports.budgets.open('r1', microUsd);
    await ports.budgets.reserve('r1', 'training/new', microUsd);
    await train();
    const cost = await readJson(ports.objects, trainingCostKey('m1', 'new'), trainingCostSchema);
    // 8 examples, three times, of all and of five times four fifths.
    const work = 8 * 3 * (1 + 4);
    expect(cost).toEqual({ version: 1, trainer: 'embedded', runId: 'r1', work, seconds: 60, usd: 0.5 });
    const budget = await ports.budgets.get('r1');
    expect(budget).toMatchObject({ spent: { microUsd: 500_000 }, reserved: { microUsd: 0 } });
  });
});
