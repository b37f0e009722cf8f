import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { embeddedTrainerFacts } from '../../../../shared/adapters/backends/embedded/facts.ts';
import { storeArtifact } from '../../../../shared/adapters/backends/store-artifact.ts';
import type { Served } from '../../../../shared/domain/models/served.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { trainCandidates } from '../../../../shared/loop/training/train-candidates.ts';
import { writeJson } from '../../../../shared/ports/documents.ts';
import { doneAtOnce } from '../../../../shared/ports/long-work.ts';
import type { Trainer, TrainingRequest } from '../../../../shared/ports/trainer.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { foldPlan } from '../../../helpers/fold-plan.ts';
import { sampleCheckpoint } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { trainFoldModels } from '../../../helpers/train-fold-models.ts';

const [configuration = {}] = embeddedTrainerFacts.first({ options: { foundation: 'none' }, losesTooMuch: false });
const artifactKey = 'models/m1/checkpoints/new/artifact.bin';
const folds = foldPlan(artifactKey, 5);
const champion = sampleCheckpoint({ folds: foldModels(5) });

/** Trains the candidate twice, as after a kill before the completion record. */
async function twice(change: Partial<Trainer> & { readonly without?: 'fold models' } = {}) {
  const ports = memoryPorts();
  const requests: TrainingRequest[] = [];
  const { without, ...facts } = change;
  const store = async (key: string): Promise<Served> => {
    const bytes = new TextEncoder().encode(`training ${requests.length} of ${key}`);
    return { predictor: 'embedded', ref: key, digest: (await storeArtifact(ports.objects, key, bytes)).digest };
  };
  const neverTheSame: Trainer = {
    ...embeddedTrainerFacts,
    ...doneAtOnce(async (request) => {
      requests.push(request);
      const models = without === undefined ? await trainFoldModels(request.folds, [], (_, key) => store(key)) : null;
      return { served: await store(request.artifactKey), folds: models, bytes: 1, examples: 1, finalLoss: null };
    }),
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
  const outputs = [await trainCandidates.run(input, context), await trainCandidates.run(input, context)];
  if (outputs.some((output) => output instanceof Unfinished)) throw new Error('it is not done');
  return { ports, requests, outputs, checkpoint: await ports.lineage.getCheckpoint('m1', 'new') };
}

describe('a trained candidate', () => {
  test('is on record by the artifacts there are, when it is trained twice', async () => {
    const { ports, requests, outputs, checkpoint } = await twice();
    expect(requests).toHaveLength(2);
    expect(outputs[1]).toEqual(outputs[0]);
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
});
