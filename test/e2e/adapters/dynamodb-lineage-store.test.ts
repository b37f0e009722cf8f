import { randomBytes } from 'node:crypto';
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkpointItem,
  datasetItem,
  evaluationSetItem,
  runItem,
  runModelItem,
} from '../../../shared/adapters/aws/dynamodb-items.ts';
import { DynamoDbLineageStore } from '../../../shared/adapters/aws/dynamodb-lineage-store.ts';
import { firstControl, moveChampion } from '../../../shared/domain/models/control.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { lineageStoreContract } from '../../contract/lineage-store-contract.ts';
import { race } from '../../contract/race.ts';
import { temporaryTable } from '../../helpers/emulator-resources.ts';
import {
  sampleCheckpoint,
  sampleDataset,
  sampleEvaluationSet,
  sampleModel,
  sampleRun,
} from '../../helpers/lineage-samples.ts';
import { LostAnswers } from '../../helpers/lost-answers.ts';
import { rejection } from '../../helpers/rejection.ts';

const client = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(client);
afterAll(() => client.destroy());

lineageStoreContract('DynamoDB', async () => {
  const { table, remove } = await temporaryTable(client);
  return { lineage: new DynamoDbLineageStore({ client, table }), dispose: remove };
});

describe('a DynamoDB table', () => {
  let table: string;
  let remove: () => Promise<void>;
  let lineage: DynamoDbLineageStore;
  beforeEach(async () => {
    ({ table, remove } = await temporaryTable(client));
    lineage = new DynamoDbLineageStore({ client, table });
  });
  afterEach(() => remove());

  test('is moved by two processes at once without one lost or doubled move', async () => {
    await lineage.createModel(sampleModel({ modelId: 'prize' }));
    const wins = await race('dynamodb-control', table, 60);
    expect(wins.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    const control = await lineage.getControl('prize');
    expect(control?.moves).toHaveLength(60);
    for (const [racer, versions] of wins.entries()) {
      for (const version of versions) expect(control?.moves[version - 1]?.by).toBe(`racer-${racer}`);
    }
  });

  test('tells a writer that its own write was done, also when the answer was lost and it was sent again', async () => {
    const lost = new LostAnswers();
    const unlucky = new DynamoDBClient({});
    unlucky.middlewareStack.add(lost.middleware, lost.place);
    const store = new DynamoDbLineageStore({ client: unlucky, table });
    lost.losses = 1;
    expect(await store.createModel(sampleModel())).toBe(true);
    const first = moveChampion(firstControl('m1'), { at: '', to: 'c1', kind: 'promote', by: 'r1', reason: '' });
    const second = { ...first, version: 2 };
    expect(await store.compareAndSetControl(0, first)).toBe(true);
    lost.losses = 1;
    expect(await store.compareAndSetControl(1, second)).toBe(true);
    expect(lost.losses).toBe(0);
    expect(await store.compareAndSetControl(1, second)).toBe(false);
    expect(await store.createModel(sampleModel())).toBe(false);
    unlucky.destroy();
  });

  test('lists more than fits in one answer', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `d${String(index).padStart(2, '0')}`);
    for (const datasetId of ids) {
      const notes = [randomBytes(60_000).toString('base64')];
      const { manifest } = sampleDataset();
      await lineage.putDataset(sampleDataset({ datasetId, manifest: { ...manifest, notes } }));
    }
    let queries = 0;
    const counting = new DynamoDBClient({});
    counting.middlewareStack.add((next) => (request) => {
      queries += 1;
      return next(request);
    });
    const found = await new DynamoDbLineageStore({ client: counting, table }).listDatasets('m1');
    expect(found.map((dataset) => dataset.datasetId)).toEqual(ids);
    expect(queries).toBeGreaterThan(1);
    counting.destroy();
  });

  test('keeps a model and a checkpoint of ten thousand labels', async () => {
    const task = classificationTask(Array.from({ length: 10_000 }, (_, index) => `intent number ${index} of the bank`));
    await lineage.createModel(sampleModel({ task }));
    await lineage.putCheckpoint(sampleCheckpoint({ task }));
    await lineage.putCheckpoint(sampleCheckpoint({ task, scores: { regression: 0.5 } }));
    expect(await lineage.getModel('m1')).toEqual(sampleModel({ task }));
    expect(await lineage.getCheckpoint('m1', 'c1')).toEqual(sampleCheckpoint({ task, scores: { regression: 0.5 } }));
  });

  test('refuses a record that no item can hold, and says what would help', async () => {
    const task = classificationTask(Array.from({ length: 10_000 }, () => randomBytes(60).toString('hex')));
    const error = await rejection(lineage.createModel(sampleModel({ task })));
    expect(error.name).toBe('InvalidInput');
    expect(error.message).toContain('400 KB');
    expect(error.mend).toContain('labels');
    expect(await lineage.listModels()).toEqual([]);
  });

  test('refuses a run id that another model has, and leaves both as they were', async () => {
    await lineage.putRun(sampleRun());
    expect((await rejection(lineage.putRun(sampleRun({ modelId: 'm2' })))).name).toBe('InvalidInput');
    expect(await lineage.getRun('r1')).toEqual(sampleRun());
    expect(await lineage.listRuns('m2')).toEqual([]);
  });

  test('does not know a run whose writer died before its record was there', async () => {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: { pk: { S: 'run#r1' }, sk: { S: 'model' }, schemaVersion: { N: '1' }, modelId: { S: 'm1' } },
      }),
    );
    expect(await lineage.getRun('r1')).toBeUndefined();
    expect(await lineage.listRuns('m1')).toEqual([]);
    await lineage.putRun(sampleRun());
    expect(await lineage.getRun('r1')).toEqual(sampleRun());
  });

  test('of schema version 6 is read where it lies, and what is written anew stands for it', async () => {
    const scores = { regression: 0.5 };
    for (const item of [
      checkpointItem(sampleCheckpoint({ scores })),
      datasetItem(sampleDataset()),
      evaluationSetItem(sampleEvaluationSet()),
      runItem(sampleRun()),
      runModelItem(sampleRun()),
    ]) {
      const Item = { ...item, schemaVersion: 6, pk: item.pk === 'run#r1' ? item.pk : 'model#m1' };
      await documents.send(new PutCommand({ TableName: table, Item }));
    }
    expect(await lineage.getCheckpoint('m1', 'c1')).toEqual(sampleCheckpoint({ scores }));
    expect(await lineage.getDataset('m1', 'd1')).toEqual(sampleDataset());
    expect(await lineage.listEvaluationSets('m1')).toEqual([sampleEvaluationSet()]);
    expect(await lineage.getRun('r1')).toEqual(sampleRun());

    await lineage.putDataset(sampleDataset({ key: 'elsewhere' }));
    await lineage.putEvaluationSet(sampleEvaluationSet({ right: 1 }));
    await lineage.addScores('m1', 'c1', { late: 0.25 });
    await lineage.putRun(sampleRun({ reason: 'ended' }));
    expect(await lineage.listDatasets('m1')).toEqual([sampleDataset()]);
    expect(await lineage.listEvaluationSets('m1')).toEqual([sampleEvaluationSet()]);
    expect(await lineage.getRun('r1')).toEqual(sampleRun({ reason: 'ended' }));
    expect(await lineage.listRuns('m1')).toEqual([sampleRun({ reason: 'ended' })]);
    const written = sampleCheckpoint({ scores: { ...scores, late: 0.25 } });
    expect(await lineage.listCheckpoints('m1')).toEqual([written]);

    await lineage.putCheckpoint(sampleCheckpoint({ seed: 8, scores: { regression: 0.75 } }));
    const merged = { ...written, scores: { regression: 0.75, late: 0.25 } };
    expect(await lineage.getCheckpoint('m1', 'c1')).toEqual(merged);
    expect(await lineage.listCheckpoints('m1')).toEqual([merged]);
  });

  test('refuses to write under what is no id', async () => {
    const id = 'a#b';
    for (const work of [
      () => lineage.putCheckpoint(sampleCheckpoint({ checkpointId: id })),
      () => lineage.putDataset(sampleDataset({ datasetId: id })),
      () => lineage.putEvaluationSet(sampleEvaluationSet({ setId: id })),
      () => lineage.putRun(sampleRun({ runId: id })),
      () => lineage.putRun(sampleRun({ modelId: id })),
    ]) {
      expect((await rejection(work())).name).toBe('InvalidInput');
    }
  });

  test('with an item of a newer Ratchet refuses to read it', async () => {
    await lineage.putRun(sampleRun());
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: 'runs#m1' }, sk: { S: 'run#r1' } },
        UpdateExpression: 'SET schemaVersion = :new',
        ExpressionAttributeValues: { ':new': { N: '99' } },
      }),
    );
    const error = await rejection(lineage.getRun('r1'));
    expect(error.name).toBe('NewerVersion');
    expect(error.message).toContain(table);
    expect(error.mend).toContain('newer');
  });

  test('with a damaged record names the table and what is wrong', async () => {
    await lineage.putRun(sampleRun());
    const Key = { pk: { S: 'runs#m1' }, sk: { S: 'run#r1' } };
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key }));
    for (const [document, complaint] of [
      [{ S: String(Item?.document?.S).replace('"seed":7', '"seed":"seven"') }, 'seed'],
      [{ S: '{' }, 'no JSON'],
      [{ B: new Uint8Array([1, 2, 3]) }, 'decompressed'],
    ] as const) {
      await client.send(new PutItemCommand({ TableName: table, Item: { ...Item, document } }));
      const error = await rejection(lineage.listRuns('m1'));
      expect(error.name).toBe('CorruptArtifact');
      expect(error.message).toContain(table);
      expect(error.message).toContain(complaint);
    }
  });

  test('that is not there is a storage failure which names it and says what to do', async () => {
    const absent = new DynamoDbLineageStore({ client, table: 'no-such-table' });
    for (const work of [
      () => absent.getRun('r1'),
      () => absent.listModels(),
      () => absent.createModel(sampleModel()),
      () => absent.putCheckpoint(sampleCheckpoint()),
    ]) {
      const error = await rejection(work());
      expect(error.name).toBe('StorageFailure');
      expect(error.message).toContain('table no-such-table');
      expect(error.mend).toContain('deploy the stacks');
    }
  });
});
