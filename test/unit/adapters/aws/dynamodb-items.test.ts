import { describe, expect, test } from 'vitest';
import { budgetItem } from '../../../../shared/adapters/aws/budget-item.ts';
import {
  checkpointItem,
  checkpointOf,
  controlChanges,
  controlItem,
  controlOf,
  datasetItem,
  documentOf,
  evaluationSetItem,
  modelItem,
  runItem,
  runModelItem,
} from '../../../../shared/adapters/aws/dynamodb-items.ts';
import { canonicalJson, shortDigest } from '../../../../shared/domain/base/ids.ts';
import { firstControl, moveChampion, renewLease, takeLease } from '../../../../shared/domain/models/control.ts';
import { modelSchema } from '../../../../shared/domain/models/model.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import {
  sampleCheckpoint,
  sampleDataset,
  sampleEvaluationSet,
  sampleModel,
  sampleRun,
} from '../../../helpers/lineage-samples.ts';

const time = '2026-01-01T00:00:00.000Z';
const band = { slice: 'gold', examples: 1, weight: 1, share: 1, lower: 0, upper: 1, met: true, reason: '' } as const;
const { manifest } = sampleDataset();

/** One item of each kind, with every part of it there. */
const items = {
  model: modelItem(
    sampleModel({
      revision: 2,
      changes: [
        { at: time, by: 'ana', what: 'settings', from: { targetScore: 0.96 }, to: { targetScore: 0.9 } },
        { at: time, by: 'ana', what: 'labels', change: { how: 'rename', from: 'junk', to: 'spam' } },
      ],
    }),
    'w1',
  ),
  control: controlItem(usedControl(), 'w1'),
  checkpoint: checkpointItem(sampleCheckpoint({ parentId: 'c0', runId: 'r1', scores: { regression: 0.5 } })),
  dataset: datasetItem(
    sampleDataset({
      parentId: 'd0',
      runId: 'r1',
      manifest: {
        ...manifest,
        bands: [band],
        controls: [{ name: 'balance', wanted: '1', measured: '1', met: true }],
      },
    }),
  ),
  evaluationSet: evaluationSetItem(sampleEvaluationSet()),
  run: runItem(
    sampleRun({
      status: 'failed',
      finishedAt: time,
      decision: 'kept',
      resultId: 'c1',
      reportKey: 'runs/r1/report.html',
      budgetUsd: 2.5,
      failure: { name: 'LeaseLost', cause: 'x', mend: 'y' },
    }),
  ),
  runModel: runModelItem(sampleRun()),
  budget: { ...budgetItem('r1', { turns: 9, outputTokens: 9, microUsd: 9 }), calls: { a: [1, 2, 3] } },
};

/**
 * When this fails, stored items and the code no longer go together by themselves: follow "Changing the shape of an
 * item" in docs/adr/0011-one-table.md, then renew the digests.
 */
test('the shapes of the items are those of schema version 7', () => {
  const shapes = Object.entries(items).map(([kind, item]) => [kind, itemShape(item)] as const);
  const digests = Object.fromEntries(shapes.map(([kind, shape]) => [kind, shortDigest(canonicalJson(shape))]));
  expect(digests, `see docs/adr/0011-one-table.md; now: ${JSON.stringify(shapes)}`).toEqual({
    budget: 'c19787436b269ab2',
    checkpoint: '510a752fbcd3dcee',
    control: '80312e63d65fcada',
    dataset: 'b03e812a94e22547',
    evaluationSet: 'd5b656e872fe5cd2',
    model: '7e9333d74ff7e4ba',
    run: 'cc5d7495d5fdba46',
    runModel: '5f1c1f5be3752220',
  });
});

test('items lie where nothing else can: the control item alone in its partition, records of a model by their kind', () => {
  const places = Object.fromEntries(Object.entries(items).map(([kind, { pk, sk }]) => [kind, [pk, sk]]));
  expect(places).toEqual({
    model: ['models', 'm1'],
    control: ['control#m1', 'control'],
    checkpoint: ['checkpoints#m1', 'checkpoint#c1'],
    dataset: ['datasets#m1', 'dataset#d1'],
    evaluationSet: ['evaluation-sets#m1', 'evaluation-set#s1'],
    run: ['runs#m1', 'run#r1'],
    runModel: ['run#r1', 'model'],
    budget: ['budget#r1', 'budget'],
  });
});

describe('a control item', () => {
  test('comes back as it was, and what was never changed as in the first one', () => {
    expect(controlOf('m1', items.control, 'here')).toEqual(usedControl());
    const { championId, moves, ...leaseAlone } = items.control;
    expect(controlOf('m1', leaseAlone, 'here')).toEqual({ ...usedControl(), championId: null, moves: [] });
  });

  test('is changed, when a lease is renewed, without naming the champion', () => {
    const control = usedControl();
    const renewed = renewLease(control, 'r1', control.fencingToken, 5, 1);
    if (renewed === null) throw new Error('the lease is held');
    expect(Object.keys(controlChanges(control, renewed, 'w2')).sort()).toEqual([
      'lease',
      'schemaVersion',
      'version',
      'writeId',
    ]);
  });

  test('is changed, when the champion is moved, without naming the lease', () => {
    const control = usedControl();
    const moved = moveChampion(control, { at: time, to: 'c2', kind: 'promote', by: 'r1', reason: '' });
    expect(Object.keys(controlChanges(control, moved, 'w2')).sort()).toEqual([
      'championId',
      'moves',
      'schemaVersion',
      'version',
      'writeId',
    ]);
  });
});

describe('a document', () => {
  const many = sampleModel({ task: classificationTask(Array.from({ length: 2_000 }, (_, index) => `label ${index}`)) });

  test('is readable text while it is short, deflated when it is long, and comes back the same', () => {
    expect(typeof items.model.document).toBe('string');
    const long = modelItem(many, 'w1');
    expect(long.document).toBeInstanceOf(Uint8Array);
    expect(documentOf(modelSchema, modelItem(sampleModel(), 'w1'), 'here')).toEqual(sampleModel());
    expect(documentOf(modelSchema, long, 'here')).toEqual(many);
  });

  test('of schema versions 1 to 4 reads as a model and a checkpoint of today', () => {
    const { trainerOptions, predictor: _predictor, analyst: _analyst, judge: _judge, ...model } = sampleModel();
    const { memoryAbsolute, memoryFraction, ...known } = model.settings;
    const counted = { regressionsAbsolute: memoryAbsolute, regressionsFraction: memoryFraction, enoughTraffic: 50 };
    const settings = { ...known, ...counted, foundation: 'use-lite' };
    const { served, ...checkpoint } = sampleCheckpoint();
    const document = (value: object) => ({ schemaVersion: 1, document: JSON.stringify(value) });
    expect(documentOf(modelSchema, { ...items.model, ...document({ ...model, settings }) }, 'here')).toEqual({
      ...sampleModel(),
      trainerOptions,
    });
    const before = { ...checkpoint, artifactKey: served.ref, artifactDigest: served.digest };
    expect(checkpointOf({ ...items.checkpoint, ...document(before) }, 'here').served).toEqual(served);
  });

  test('of a model of schema version 5 reads as one that was never changed', () => {
    const { revision: _revision, changes: _changes, ...model } = sampleModel();
    const item = { ...items.model, schemaVersion: 5, document: JSON.stringify(model) };
    expect(documentOf(modelSchema, item, 'here')).toEqual(sampleModel());
  });

  test('of a model has its revision beside it, which a change is conditional on', () => {
    expect(modelItem(sampleModel({ revision: 7 }), 'w1').revision).toBe(7);
  });

  test('of schema version 2 reads with the usual number of hard negatives', () => {
    const { hardNegativesPerFailure: _number, ...settings } = sampleModel().settings;
    const item = { ...items.model, schemaVersion: 2, document: JSON.stringify({ ...sampleModel(), settings }) };
    expect(documentOf(modelSchema, item, 'here').settings).toEqual({ ...settings, hardNegativesPerFailure: 8 });
  });

  test('of a checkpoint is stored without its scores, which it has again when it is read', () => {
    expect(JSON.parse(String(items.checkpoint.document)).scores).toEqual({});
    expect(checkpointOf(items.checkpoint, 'here').scores).toEqual({ regression: 0.5 });
  });
});

function usedControl() {
  const move = { at: time, to: 'c1', kind: 'create', by: 'r1', reason: '' } as const;
  const answer = takeLease(moveChampion(firstControl('m1'), move), { runId: 'r1', owner: 'o', now: 0, minutes: 1 });
  if (!answer.granted) throw new Error('the lease is free');
  return answer.next;
}

/** Attributes with their types, and the document's fields with theirs. */
function itemShape(item: Readonly<Record<string, unknown>>): unknown {
  const { document, ...attributes } = item;
  return {
    attributes: shape(attributes),
    document: document === undefined ? null : shape(JSON.parse(String(document))),
  };
}

function shape(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  if (Array.isArray(value)) return [...new Set(value.map((part) => canonicalJson(shape(part))))].sort();
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shape(part)]));
}
