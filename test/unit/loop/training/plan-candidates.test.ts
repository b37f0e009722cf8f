import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../../shared/domain/models/configuration.ts';
import { candidateSchema } from '../../../../shared/loop/state/candidate.ts';
import { planCandidates } from '../../../../shared/loop/training/plan-candidates.ts';
import { readJson, writeJson } from '../../../../shared/ports/documents.ts';
import type { Trainer } from '../../../../shared/ports/trainer.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const datasets = (['complement', 'extend'] as const).map((mode) => ({
  datasetId: mode,
  key: `${mode}.jsonl`,
  mode,
  examples: 1,
}));
const none = { key: 'none', size: 0, right: 0 };
const firstStep = { number: 1, kind: 'first', move: 'first', historyKey: null } as const;

/**
 * Dataset and configuration of each candidate that is planned.
 * @param tune configurations of a tuning move; null for the first iteration
 */
async function planned(cost: Trainer['cost'], tune: readonly Configuration[] | null) {
  const plain = memoryPorts();
  const facts = { cost, first: () => [{ f: 1 }, { f: 2 }], learnsFromChampion: () => false };
  const own = [...plain.trainers.values()].map((trainer) => ({ ...trainer, ...facts }));
  const ports = { ...plain, trainers: new Map(own.map((trainer) => [trainer.name, trainer])) };
  await writeJson(ports.objects, 'plan.json', {
    run: sampleRun(),
    model: sampleModel(),
    champion: sampleCheckpoint(),
    parentDataset: sampleDataset(),
    parentExamplesKey: '',
    frozenSets: [],
    logVersion: '',
  });
  await writeJson(ports.objects, 'history.json', {
    iterations: [],
    basis: {
      candidate: { candidateId: 'i1-c1', checkpointId: 'c1', key: 'c1.json' },
      score: 0.9,
      dataset: { datasetId: 'extend', key: 'extend.jsonl', mode: 'extend' },
      configuration: { f: 1 },
    },
    tried: [{ f: 1 }],
    next: tune === null ? null : { kind: 'tune', name: 'configurations-x', configurations: tune },
    ended: null,
  });
  const { candidates } = await planCandidates.run(
    {
      run: { runId: 'r1', modelId: sampleModel().modelId, seed: 1 },
      lease: { owner: 'test', fencingToken: 1 },
      iteration: tune === null ? 1 : 2,
      item: 'all',
      prepared: { planKey: 'plan.json', championId: sampleCheckpoint().checkpointId, traces: 10 },
      split: { sets: [], sidedKey: 'sided.jsonl' },
      lineage: {
        champion: 'fine-tuned',
        parentDatasetId: 'd',
        parentExamples: 1,
        modes: ['complement', 'extend'],
        preceding: none,
        earlier: none,
        correctedSets: 0,
      },
      curriculum: { datasets },
      step:
        tune === null ? firstStep : { number: 2, kind: 'tune', move: 'configurations-x', historyKey: 'history.json' },
    },
    stageContext(ports),
  );
  const files = await Promise.all(candidates.map(({ key }) => readJson(ports.objects, key, candidateSchema)));
  return files.map(({ datasetId, configuration }) => [datasetId, configuration]);
}

describe('the candidates of an iteration', () => {
  it('are each dataset with each first configuration, or all that a tuning move names', async () => {
    expect(await planned('cheap', null)).toEqual([
      ['complement', { f: 1 }],
      ['complement', { f: 2 }],
      ['extend', { f: 1 }],
      ['extend', { f: 2 }],
    ]);
    expect(await planned('cheap', [{ f: 3 }, { f: 4 }, { f: 5 }])).toHaveLength(3);
  });

  it('are one where a training is dear, also when tuning', async () => {
    expect(await planned('dear', null)).toEqual([['complement', { f: 1 }]]);
    expect(await planned('dear', [{ f: 3 }, { f: 4 }])).toEqual([['extend', { f: 3 }]]);
  });
});
