import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Budget, Budgets, Spending } from '../../ports/budgets.ts';
import { awsFailure } from './aws-failure.ts';
import {
  budgetItem,
  budgetKey,
  budgetOf,
  callName,
  reservedIn,
  type StoredBudget,
  storedBudget,
} from './budget-item.ts';

/**
 * {@link Budgets} in the table of the lineage: one item a run, changed by conditional writes alone. A write that was done
 * and whose answer was lost is known by its call.
 *
 * Needs `dynamodb:GetItem`, `PutItem` and `UpdateItem` on the table. Faults: `UnknownRun`, `NewerVersion` for an item
 * of a newer Ratchet, `AccessDenied` and `StorageFailure` with table, permission and mend.
 */
export class DynamoDbBudgets implements Budgets {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #where: string;

  constructor({ client, table }: { readonly client: DynamoDBClient; readonly table: string }) {
    this.#client = DynamoDBDocumentClient.from(client);
    this.#table = table;
    this.#where = `table ${table}`;
  }

  async open(runId: string, limit: Spending): Promise<void> {
    const command = new PutCommand({
      TableName: this.#table,
      Item: budgetItem(runId, limit),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    await this.#write('dynamodb:PutItem', () => this.#client.send(command));
  }

  async reserve(runId: string, key: string, most: Spending): Promise<boolean> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: budgetKey(runId),
      UpdateExpression:
        'SET calls.#call = :most, leftTurns = leftTurns - :turns, leftOutputTokens = leftOutputTokens - :tokens, leftMicroUsd = leftMicroUsd - :usd',
      ConditionExpression:
        'attribute_exists(pk) AND attribute_not_exists(calls.#call) AND leftTurns >= :turns AND leftOutputTokens >= :tokens AND leftMicroUsd >= :usd',
      ExpressionAttributeNames: { '#call': callName(key) },
      ExpressionAttributeValues: {
        ':most': [most.turns, most.outputTokens, most.microUsd],
        ':turns': most.turns,
        ':tokens': most.outputTokens,
        ':usd': most.microUsd,
      },
    });
    if (await this.#write('dynamodb:UpdateItem', () => this.#client.send(command))) return true;
    const item = await this.#item(runId);
    if (item === undefined) throw new RatchetError('UnknownRun', `There is no budget of run ${runId.slice(0, 120)}.`);
    return item.calls[callName(key)] !== undefined;
  }

  async settle(runId: string, key: string, used: Spending): Promise<void> {
    const item = await this.#item(runId);
    const most = item && reservedIn(item, key);
    if (most === undefined) return;
    // What was set aside never changes, so what it is more than what was used can be given back in one write.
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: budgetKey(runId),
      UpdateExpression:
        'SET calls.#call = :settled, leftTurns = leftTurns + :backTurns, leftOutputTokens = leftOutputTokens + :backTokens, leftMicroUsd = leftMicroUsd + :backUsd, spentTurns = spentTurns + :turns, spentOutputTokens = spentOutputTokens + :tokens, spentMicroUsd = spentMicroUsd + :usd',
      ConditionExpression: 'calls.#call = :most',
      ExpressionAttributeNames: { '#call': callName(key) },
      ExpressionAttributeValues: {
        ':most': [most.turns, most.outputTokens, most.microUsd],
        ':settled': [],
        ':backTurns': most.turns - used.turns,
        ':backTokens': most.outputTokens - used.outputTokens,
        ':backUsd': most.microUsd - used.microUsd,
        ':turns': used.turns,
        ':tokens': used.outputTokens,
        ':usd': used.microUsd,
      },
    });
    await this.#write('dynamodb:UpdateItem', () => this.#client.send(command));
  }

  async get(runId: string): Promise<Budget | undefined> {
    const item = await this.#item(runId);
    return item && budgetOf(item);
  }

  async #item(runId: string): Promise<StoredBudget | undefined> {
    const command = new GetCommand({ TableName: this.#table, Key: budgetKey(runId), ConsistentRead: true });
    const { Item } = await this.#guard('read', 'dynamodb:GetItem', () => this.#client.send(command));
    return Item && storedBudget(Item, this.#where);
  }

  /** Whether the condition held. */
  #write(permission: string, send: () => Promise<unknown>): Promise<boolean> {
    return this.#guard('write', permission, async () => {
      try {
        await send();
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
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
