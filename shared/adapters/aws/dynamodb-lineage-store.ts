import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { RatchetError } from '../../domain/base/errors.ts';
import { idProblem } from '../../domain/base/ids.ts';
import { type EvaluationSet, evaluationSetSchema } from '../../domain/evaluation/evaluation-set.ts';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import { type Control, firstControl } from '../../domain/models/control.ts';
import { type Dataset, datasetSchema } from '../../domain/models/dataset.ts';
import { type Model, modelSchema } from '../../domain/models/model.ts';
import { checkRevision } from '../../domain/models/model-change.ts';
import { asBegun, type Run, runSchema } from '../../domain/models/run.ts';
import type { LineageStore } from '../../ports/lineage-store.ts';
import { unknownCheckpoint } from '../../ports/unknown-checkpoint.ts';
import { awsFailure } from './aws-failure.ts';
import {
  checkedScores,
  checkpointItem,
  checkpointOf,
  controlChanges,
  controlOf,
  datasetItem,
  documentOf,
  evaluationSetItem,
  type Item,
  type ItemKey,
  itemKeys,
  modelItem,
  oldRecordsOf,
  type RecordKind,
  recordsOf,
  runItem,
  runModelItem,
  runModelOf,
} from './dynamodb-items.ts';

type StoredItem = Readonly<Record<string, unknown>>;

/**
 * A {@link LineageStore} in one DynamoDB table with the string keys `pk` and `sk`: conditional writes of single items,
 * strongly consistent reads, no scans, no indexes. Where things lie and why is told in docs/adr/0011-one-table.md.
 *
 * Needs `dynamodb:GetItem`, `PutItem`, `UpdateItem` and `Query` on the table. Throttled requests are sent again by the
 * client.
 *
 * Faults: `InvalidInput` for a document that does not fit its schema, an id that is none or a record too large for an
 * item, `CorruptArtifact` for a stored one that does not fit, `NewerVersion` for one of a newer Ratchet, `AccessDenied` and
 * `StorageFailure` with table, permission and mend.
 */
export class DynamoDbLineageStore implements LineageStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #where: string;

  constructor({ client, table }: { readonly client: DynamoDBClient; readonly table: string }) {
    this.#client = DynamoDBDocumentClient.from(client);
    this.#table = table;
    this.#where = `table ${table}`;
  }

  async createModel(model: Model): Promise<boolean> {
    return this.#putMarked((mark) => modelItem(model, mark), {
      ConditionExpression: 'attribute_not_exists(pk)',
    });
  }

  async replaceModel(expectedRevision: number, next: Model): Promise<boolean> {
    checkRevision(expectedRevision, next);
    // Items of earlier versions have no revision beside their document: theirs is 0.
    const isUnchanged =
      expectedRevision === 0
        ? 'attribute_exists(pk) AND (attribute_not_exists(revision) OR revision = :expected)'
        : 'revision = :expected';
    const item = await this.#item(itemKeys.model(next.modelId), next.modelId);
    if (item === undefined) return false;
    const condition = {
      ConditionExpression: isUnchanged,
      ExpressionAttributeValues: { ':expected': expectedRevision },
    };
    return this.#putMarked((mark) => modelItem(next, mark), condition, item);
  }

  async getModel(modelId: string): Promise<Model | undefined> {
    const item = await this.#item(itemKeys.model(modelId), modelId);
    return item && documentOf(modelSchema, item, this.#where);
  }

  async listModels(): Promise<readonly Model[]> {
    const items = await this.#query('models', '');
    return items.map((item) => documentOf(modelSchema, item, this.#where));
  }

  async getControl(modelId: string): Promise<Control | undefined> {
    return this.#control(modelId, await this.#item(itemKeys.control(modelId), modelId));
  }

  async #control(modelId: string, item: StoredItem | undefined): Promise<Control | undefined> {
    if (item !== undefined) return controlOf(modelId, item, this.#where);
    return (await this.#isRegistered(modelId)) ? firstControl(modelId) : undefined;
  }

  async compareAndSetControl(expectedVersion: number, next: Control): Promise<boolean> {
    if (next.version !== expectedVersion + 1) {
      throw new RatchetError(
        'InvalidInput',
        `A control item of version ${next.version} cannot follow version ${expectedVersion}.`,
      );
    }
    const item = await this.#item(itemKeys.control(next.modelId), next.modelId);
    const current = await this.#control(next.modelId, item);
    if (current?.version !== expectedVersion) return false;
    const writeId = randomUUID();
    const changes = Object.entries(controlChanges(current, next, markOf(writeId, item)));
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: itemKeys.control(next.modelId),
      UpdateExpression: `SET ${changes.map((_, index) => `#c${index} = :c${index}`).join(', ')}`,
      // A registered model has control item 0 without one being stored; models are never removed.
      ConditionExpression: expectedVersion === 0 ? 'attribute_not_exists(#version)' : '#version = :expected',
      ExpressionAttributeNames: {
        '#version': 'version',
        ...Object.fromEntries(changes.map(([name], index) => [`#c${index}`, name])),
      },
      ExpressionAttributeValues: {
        ...(expectedVersion !== 0 && { ':expected': expectedVersion }),
        ...Object.fromEntries(changes.map(([, value], index) => [`:c${index}`, value])),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#ifConditionHolds('dynamodb:UpdateItem', () => this.#client.send(command), writeId);
  }

  async putCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { modelId, checkpointId, scores } = checkpoint;
    checkpointItem(checkpoint);
    const known = await this.#oldItem('checkpoints', modelId, checkpointId);
    const first = known === undefined ? checkpoint : checkpointOf(known, this.#where);
    if (await this.#putFirst(checkpointItem({ ...first, scores: { ...first.scores, ...scores } }))) return;
    await this.addScores(modelId, checkpointId, scores);
  }

  async addScores(modelId: string, checkpointId: string, scores: Checkpoint['scores']): Promise<void> {
    const changes = Object.entries(checkedScores(scores));
    if (changes.length === 0) return;
    const key = itemKeys.record('checkpoints', modelId, checkpointId);
    const added =
      idProblem(modelId) === null &&
      idProblem(checkpointId) === null &&
      ((await this.#setScores(key, changes)) ||
        (await this.#setScores({ ...key, pk: oldRecordsOf(modelId) }, changes)));
    if (!added) throw unknownCheckpoint(modelId, checkpointId);
  }

  async getCheckpoint(modelId: string, checkpointId: string): Promise<Checkpoint | undefined> {
    const item = await this.#record('checkpoints', modelId, checkpointId);
    return item && checkpointOf(item, this.#where);
  }

  async listCheckpoints(modelId: string): Promise<readonly Checkpoint[]> {
    const items = await this.#records('checkpoints', modelId);
    const checkpoints = items.map((item) => checkpointOf(item, this.#where));
    return inOrder(checkpoints, (found) => [found.createdAt, found.checkpointId]);
  }

  async putDataset(dataset: Dataset): Promise<void> {
    const item = datasetItem(dataset);
    if ((await this.#oldItem('datasets', dataset.modelId, dataset.datasetId)) === undefined) await this.#putFirst(item);
  }

  async getDataset(modelId: string, datasetId: string): Promise<Dataset | undefined> {
    const item = await this.#record('datasets', modelId, datasetId);
    return item && documentOf(datasetSchema, item, this.#where);
  }

  async listDatasets(modelId: string): Promise<readonly Dataset[]> {
    const items = await this.#records('datasets', modelId);
    const datasets = items.map((item) => documentOf(datasetSchema, item, this.#where));
    return inOrder(datasets, (found) => [found.createdAt, found.datasetId]);
  }

  async putEvaluationSet(set: EvaluationSet): Promise<void> {
    const item = evaluationSetItem(set);
    if ((await this.#oldItem('evaluation-sets', set.modelId, set.setId)) === undefined) await this.#putFirst(item);
  }

  async listEvaluationSets(modelId: string): Promise<readonly EvaluationSet[]> {
    const items = await this.#records('evaluation-sets', modelId);
    const sets = items.map((item) => documentOf(evaluationSetSchema, item, this.#where));
    return inOrder(sets, (found) => [found.createdAt, found.setId]);
  }

  async putRun(run: Run): Promise<void> {
    const item = runItem(run);
    const model = runModelItem(run);
    // First the item that says of which model the run is: without it the run would be listed, but not found by its id.
    const known = await this.#put(model, {
      ConditionExpression: 'attribute_not_exists(pk) OR modelId = :modelId',
      ExpressionAttributeValues: { ':modelId': model.modelId },
    });
    if (!known) {
      throw new RatchetError('InvalidInput', `Run ${run.runId} is of another model than ${run.modelId}.`);
    }
    await this.#put(item, {});
  }

  async getRun(runId: string): Promise<Run | undefined> {
    const model = await this.#item(itemKeys.runModel(runId), runId);
    if (model === undefined) return undefined;
    const item = await this.#record('runs', runModelOf(model, this.#where), runId);
    return item && documentOf(runSchema, item, this.#where);
  }

  async listRuns(modelId: string): Promise<readonly Run[]> {
    const items = await this.#records('runs', modelId);
    const runs = items.map((item) => documentOf(runSchema, item, this.#where));
    return runs.toSorted(asBegun);
  }

  async #isRegistered(modelId: string): Promise<boolean> {
    return (await this.#item(itemKeys.model(modelId), modelId)) !== undefined;
  }

  /** @param ids what in the key came from the caller: nothing lies under what is no id */
  async #item(key: ItemKey, ...ids: readonly string[]): Promise<StoredItem | undefined> {
    if (ids.some((id) => idProblem(id) !== null)) return undefined;
    const command = new GetCommand({ TableName: this.#table, Key: key, ConsistentRead: true });
    return (await this.#guard('read', 'dynamodb:GetItem', () => this.#client.send(command))).Item;
  }

  async #record(kind: RecordKind, modelId: string, id: string): Promise<StoredItem | undefined> {
    const item = await this.#item(itemKeys.record(kind, modelId, id), modelId, id);
    return item ?? (await this.#oldItem(kind, modelId, id));
  }

  /** A record as schema version 6 and before has stored it. */
  #oldItem(kind: RecordKind, modelId: string, id: string): Promise<StoredItem | undefined> {
    const { sk } = itemKeys.record(kind, modelId, id);
    return this.#item({ pk: oldRecordsOf(modelId), sk }, modelId, id);
  }

  /** All records of a kind; what was written anew stands for what lies where it lay before. */
  async #records(kind: RecordKind, modelId: string): Promise<readonly StoredItem[]> {
    if (idProblem(modelId) !== null) return [];
    const { pk, prefix } = recordsOf(kind, modelId);
    const [before, now] = await Promise.all([this.#query(oldRecordsOf(modelId), prefix), this.#query(pk, prefix)]);
    return [...new Map([...before, ...now].map((item) => [item.sk, item])).values()];
  }

  /** Whether there is such an item. */
  #setScores(key: ItemKey, scores: readonly (readonly [string, number])[]): Promise<boolean> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: key,
      UpdateExpression: `SET ${scores.map((_, index) => `#scores.#s${index} = :s${index}`).join(', ')}`,
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: {
        '#scores': 'scores',
        ...Object.fromEntries(scores.map(([set], index) => [`#s${index}`, set])),
      },
      ExpressionAttributeValues: Object.fromEntries(scores.map(([, score], index) => [`:s${index}`, score])),
    });
    return this.#ifConditionHolds('dynamodb:UpdateItem', () => this.#client.send(command), undefined);
  }

  /** All items of a partition whose sort keys begin with the prefix, in the order of these keys. */
  #query(pk: string, prefix: string): Promise<readonly StoredItem[]> {
    const query = {
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ...(prefix !== '' && { ':prefix': prefix }) },
    };
    return this.#guard('read', 'dynamodb:Query', async () => {
      const items: StoredItem[] = [];
      for await (const page of paginateQuery({ client: this.#client }, query)) items.push(...(page.Items ?? []));
      return items;
    });
  }

  /** Writes the item if there is none; whether it did. */
  #putFirst(item: Item): Promise<boolean> {
    return this.#put(item, { ConditionExpression: 'attribute_not_exists(pk)' });
  }

  /**
   * Writes an item that carries a mark of this write if the condition holds; whether it did. The SDK sends a request
   * again when its answer was lost; a condition that fails because this very write has been done is told by the mark.
   * @param before the item that the write goes on from; left out for none
   */
  #putMarked(
    build: (mark: string) => Item,
    condition: Partial<PutCommandInput>,
    before?: StoredItem,
  ): Promise<boolean> {
    const writeId = randomUUID();
    return this.#put(build(markOf(writeId, before)), condition, writeId);
  }

  #put(item: Item, condition: Partial<PutCommandInput>, writeId?: string): Promise<boolean> {
    const command = new PutCommand({
      TableName: this.#table,
      Item: item,
      ...condition,
      ...(writeId !== undefined && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    });
    return this.#ifConditionHolds('dynamodb:PutItem', () => this.#client.send(command), writeId);
  }

  #ifConditionHolds(permission: string, send: () => Promise<unknown>, writeId: string | undefined): Promise<boolean> {
    return this.#guard('write', permission, async () => {
      try {
        await send();
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return writeId !== undefined && marksIn(error.Item?.writeId?.S).includes(writeId);
      }
    });
  }

  async #guard<T>(action: string, permission: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw awsFailure({ action, resource: this.#where, permission }, error);
    }
  }
}

/** So many writes of others may come between one whose answer was lost and its repetition. */
const marksKept = 8;

/** The mark of a write, with those before it: others may have gone on from it before it is repeated. */
function markOf(writeId: string, before: StoredItem | undefined): string {
  return [writeId, ...marksIn(before?.writeId)].slice(0, marksKept).join(' ');
}

function marksIn(mark: unknown): readonly string[] {
  return typeof mark === 'string' ? mark.split(' ') : [];
}

function inOrder<T>(items: readonly T[], keyOf: (item: T) => readonly [string, string]): readonly T[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => compare(a.key[0], b.key[0]) || compare(a.key[1], b.key[1]))
    .map(({ item }) => item);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
