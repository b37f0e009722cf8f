import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { DynamoDbBudgets } from '../../../shared/adapters/aws/dynamodb-budgets.ts';
import { budgetsContract } from '../../contract/budgets-contract.ts';
import { race } from '../../contract/race.ts';
import { temporaryTable } from '../../helpers/emulator-resources.ts';
import { LostAnswers } from '../../helpers/lost-answers.ts';
import { rejection } from '../../helpers/rejection.ts';

const client = new DynamoDBClient({});
afterAll(() => client.destroy());

budgetsContract('DynamoDB', async () => {
  const { table, remove } = await temporaryTable(client);
  return { budgets: new DynamoDbBudgets({ client, table }), dispose: remove };
});

const one = { turns: 1, outputTokens: 1, microUsd: 1 };

test('a budget in DynamoDB is never overspent by processes at once', async () => {
  const { table, remove } = await temporaryTable(client);
  const budgets = new DynamoDbBudgets({ client, table });
  await budgets.open('prize', { turns: 40, outputTokens: 40, microUsd: 40 });
  expect((await race('dynamodb-budgets', table, 40)).flat()).toHaveLength(40);
  expect((await budgets.get('prize'))?.spent).toEqual({ turns: 40, outputTokens: 40, microUsd: 40 });
  await remove();
});

test('a reservation whose answer was lost is granted and counted once', async () => {
  const { table, remove } = await temporaryTable(client);
  const lost = new LostAnswers();
  const unlucky = new DynamoDBClient({});
  unlucky.middlewareStack.add(lost.middleware, lost.place);
  const budgets = new DynamoDbBudgets({ client: unlucky, table });
  await budgets.open('r1', { turns: 1, outputTokens: 1, microUsd: 1 });
  lost.losses = 1;
  expect(await budgets.reserve('r1', 'a/1', one)).toBe(true);
  expect(lost.losses).toBe(0);
  await budgets.settle('r1', 'a/1', one);
  expect((await budgets.get('r1'))?.spent).toEqual(one);
  unlucky.destroy();
  await remove();
});

test('budgets in a table that is not there name it', async () => {
  const error = await rejection(new DynamoDbBudgets({ client, table: 'no-such-table' }).get('r1'));
  expect(error.name).toBe('StorageFailure');
  expect(error.message).toContain('no-such-table');
});
