import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { embeddedTrainerFacts } from '../../../../shared/adapters/backends/embedded/facts.ts';
import { storeArtifact } from '../../../../shared/adapters/backends/store-artifact.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { trainCandidates } from '../../../../shared/loop/training/train-candidates.ts';
import { writeJson } from '../../../../shared/ports/documents.ts';
import { doneAtOnce } from '../../../../shared/ports/long-work.ts';
import type { Trainer } from '../../../../shared/ports/trainer.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

test('a candidate trained twice, as after a kill before the completion record, is on record by the artifact there is', async () => {
  const ports = memoryPorts();
  let trainings = 0;
  const neverTheSame: Trainer = {
    ...embeddedTrainerFacts,
    ...doneAtOnce(async ({ artifactKey }) => {
      trainings += 1;
      const bytes = new TextEncoder().encode(`training ${trainings}`);
      const { digest } = await storeArtifact(ports.objects, artifactKey, bytes);
      return { served: { predictor: 'embedded', ref: artifactKey, digest }, bytes: 1, examples: 1, finalLoss: null };
    }),
  };
  const [configuration] = embeddedTrainerFacts.first({ options: { foundation: 'none' }, losesTooMuch: false });
  await writeJson(ports.objects, 'plan.json', {
    run: sampleRun(),
    model: sampleModel(),
    champion: sampleCheckpoint(),
    parentDataset: sampleDataset(),
    parentExamplesKey: 'parent-examples.jsonl',
    frozenSets: [],
    logVersion: '',
  });
  await writeJson(ports.objects, 'candidate.json', {
    candidateId: 'i1-c1',
    iteration: 1,
    checkpointId: 'new',
    datasetId: 'd2',
    datasetKey: 'dataset.jsonl',
    mode: 'complement',
    configuration,
    artifactKey: 'models/m1/checkpoints/new/artifact.bin',
  });
  const input = {
    run: { runId: 'r1', modelId: 'm1', seed: 1 },
    lease: { owner: 'test', fencingToken: 1 },
    iteration: 1,
    item: 'i1-c1',
    prepared: { planKey: 'plan.json', championId: 'c1', traces: 0 },
    candidate: { candidateId: 'i1-c1', checkpointId: 'new', key: 'candidate.json' },
  };
  const context = stageContext({ ...ports, trainers: new Map([['embedded', neverTheSame]]) });

  const first = await trainCandidates.run(input, context);
  const second = await trainCandidates.run(input, context);

  if (first instanceof Unfinished || second instanceof Unfinished) throw new Error('it is not done');
  expect(trainings).toBe(2);
  expect(second.served).toEqual(first.served);
  const stored = (await ports.objects.get(first.served.ref)) ?? new Uint8Array();
  const checkpoint = await ports.lineage.getCheckpoint('m1', 'new');
  expect(checkpoint?.served.digest).toBe(createHash('sha256').update(stored).digest('hex'));
  expect(new TextDecoder().decode(stored)).toBe('training 1');
});
