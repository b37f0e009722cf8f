import { describe, expect, it } from 'vitest';
import type { Parts } from '../../../../shared/domain/evaluation/fold.ts';
import type { Configuration } from '../../../../shared/domain/models/configuration.ts';
import { type Candidate, candidateSchema } from '../../../../shared/loop/state/candidate.ts';
import { planCandidates } from '../../../../shared/loop/training/plan-candidates.ts';
import { readJson, writeJson } from '../../../../shared/ports/documents.ts';
import type { SearchContext, Trainer } from '../../../../shared/ports/trainer.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { sampleCheckpoint, sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const datasets = (['complement', 'extend'] as const).map((mode) => ({
  datasetId: mode,
  key: `${mode}.jsonl`,
  mode,
  examples: 1,
}));
const firstStep = { number: 1, kind: 'first', move: 'first', historyKey: null } as const;

interface Given {
  readonly trainer?: Partial<Trainer>;
  /** Configurations of a tuning move; null for the first iteration. */
  readonly tune?: readonly Configuration[] | null;
  /** What a second iteration has trained before it that reworks the data; null for no such iteration. */
  readonly reworked?: readonly Configuration[] | null;
  readonly parts?: Parts;
  /** Parts of the champion's fold models; null for none. */
  readonly champion?: Parts | null;
}

/** The candidates that are planned. */
async function planned({
  trainer = {},
  tune = null,
  reworked = null,
  parts = 10,
  champion = null,
}: Given): Promise<Candidate[]> {
  const plain = memoryPorts();
  const facts = { first: () => [{ f: 1 }, { f: 2 }], learnsFromChampion: () => false, ...trainer };
  const own = [...plain.trainers.values()].map((one) => ({ ...one, ...facts }));
  const ports = { ...plain, trainers: new Map(own.map((one) => [one.name, one])) };
  await putPlan(ports, {
    parts,
    champion: sampleCheckpoint({ folds: champion === null ? null : foldModels(champion) }),
  });
  await writeJson(ports.objects, 'history.json', {
    iterations: [],
    basis: {
      candidate: { candidateId: 'i1-c1', checkpointId: 'c1', key: 'c1.json' },
      score: 0.9,
      dataset: { datasetId: 'extend', key: 'extend.jsonl', mode: 'extend' },
      configuration: { f: 1 },
    },
    tried: reworked ?? [{ f: 1 }],
    next: tune === null ? null : { kind: 'tune', name: 'configurations-x', configurations: tune },
    ended: null,
  });
  const second = { number: 2, historyKey: 'history.json' } as const;
  const rework = { ...second, kind: 'rework-data', move: 'more-boundary-gold' } as const;
  const tuning = { ...second, kind: 'tune', move: 'configurations-x' } as const;
  const step = tune !== null ? tuning : reworked !== null ? rework : firstStep;
  const { candidates } = await planCandidates.run(
    { ...sampleHead, iteration: step.number, prepared: samplePrepared, curriculum: { datasets }, step },
    stageContext(ports),
  );
  return Promise.all(candidates.map(({ key }) => readJson(ports.objects, key, candidateSchema)));
}

const madeOf = (candidates: readonly Candidate[]) =>
  candidates.map(({ datasetId, configuration }) => [datasetId, configuration]);
const dear = { cost: 'dear', foldModels: 2 } as const;
const partsOf = ({ folds }: Candidate) => [folds.parts, folds.models.map(({ part }) => part)];

describe('the candidates of an iteration', () => {
  it('are each dataset with each first configuration, or all that a tuning move names', async () => {
    expect(madeOf(await planned({}))).toEqual([
      ['complement', { f: 1 }],
      ['complement', { f: 2 }],
      ['extend', { f: 1 }],
      ['extend', { f: 2 }],
    ]);
    expect(await planned({ tune: [{ f: 3 }, { f: 4 }, { f: 5 }] })).toHaveLength(3);
  });

  it('are three of a dataset at most', async () => {
    const first = () => [1, 2, 3, 4].map((f) => ({ f }));
    const made = madeOf(await planned({ trainer: { first } }));
    expect(made).toEqual(['complement', 'extend'].flatMap((dataset) => [1, 2, 3].map((f) => [dataset, { f }])));
  });

  it('are what the trainer offers for the options of the model, first and near what stands', async () => {
    const asked: SearchContext[] = [];
    const note = (context: SearchContext) => {
      asked.push(context);
      return [{ f: 1 }];
    };
    await planned({ trainer: { first: note, neighbours: (_, context) => note(context) }, reworked: [] });
    const context = { options: sampleModel().trainerOptions, losesTooMuch: false };
    expect(asked).toEqual([context, context]);
  });

  it('are what was not tried yet for a dataset that a move left as it was, and all again for one that it changed', async () => {
    const trainer = { neighbours: () => [{ f: 2 }, { f: 3 }, { f: 4 }, { f: 5 }] };
    const changed = madeOf(await planned({ trainer, reworked: [{ f: 1 }, { f: 2 }] }));
    expect(changed.filter(([dataset]) => dataset === 'complement')).toEqual([1, 2].map((f) => ['complement', { f }]));
    const ofStill = async (reworked: readonly Configuration[]) =>
      madeOf(await planned({ trainer, reworked })).filter(([dataset]) => dataset === 'extend');
    expect(await ofStill([{ f: 1 }, { f: 2 }])).toEqual([3, 4, 5].map((f) => ['extend', { f }]));
    expect(await ofStill([{ f: 1 }, { f: 2 }, { f: 4 }])).toEqual([3, 5].map((f) => ['extend', { f }]));
    // Nothing is left: once more what was.
    expect(await ofStill([1, 2, 3, 4, 5].map((f) => ({ f })))).toEqual([1, 2].map((f) => ['extend', { f }]));
  });

  it('are one where a training is dear, also when tuning', async () => {
    expect(madeOf(await planned({ trainer: dear }))).toEqual([['complement', { f: 1 }]]);
    expect(madeOf(await planned({ trainer: dear, tune: [{ f: 3 }, { f: 4 }] }))).toEqual([['extend', { f: 3 }]]);
  });

  it('have ids of their own, and the same ones when they are planned again', async () => {
    const ids = (candidates: readonly Candidate[]) => candidates.map(({ checkpointId }) => checkpointId);
    const once = ids(await planned({}));
    expect(new Set(once).size).toBe(4);
    expect(ids(await planned({}))).toEqual(once);
    // The average of five models is another checkpoint than that of ten.
    expect(ids(await planned({ parts: 5 })).filter((id) => once.includes(id))).toEqual([]);
  });
});

describe('the fold models of a candidate', () => {
  it('are those of all parts of the run, each with a place for its artifact', async () => {
    for (const parts of [5, 10] as const) {
      for (const candidate of await planned({ parts })) {
        expect(partsOf(candidate)).toEqual([parts, [...Array(parts).keys()]]);
        const keys = [candidate.artifactKey, ...candidate.folds.models.map(({ artifactKey }) => artifactKey)];
        expect(new Set(keys).size).toBe(parts + 1);
        for (const key of keys) expect(key).toContain(`models/m1/checkpoints/${candidate.checkpointId}/`);
      }
    }
  });

  it('are a few where a training is dear, each of a fifth, however little is judged: they alone bring evidence', async () => {
    for (const parts of [5, 10] as const) {
      const [candidate] = await planned({ trainer: dear, parts });
      expect(candidate === undefined ? null : partsOf(candidate)).toEqual([5, [0, 1]]);
    }
  });

  it('are as fine as those of the champion that it learns from, or finer', async () => {
    const learning = (one: Configuration) => JSON.stringify(one) === '{"f":2}';
    const partsWith = async (parts: Parts, champion: Parts | null) =>
      (await planned({ trainer: { learnsFromChampion: learning }, parts, champion })).map(({ folds }) => folds.parts);
    expect(await partsWith(5, 10)).toEqual([5, 10, 5, 10]);
    expect(await partsWith(10, 5)).toEqual([10, 10, 10, 10]);
    expect(await partsWith(5, 5)).toEqual([5, 5, 5, 5]);
    expect(await partsWith(5, null)).toEqual([5, 5, 5, 5]);
  });
});
