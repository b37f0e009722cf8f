import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDbBudgets } from '../../shared/adapters/aws/dynamodb-budgets.ts';
import { DynamoDbLineageStore } from '../../shared/adapters/aws/dynamodb-lineage-store.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import { SqliteBudgets } from '../../shared/adapters/local/sqlite-budgets.ts';
import { SqliteLineageStore } from '../../shared/adapters/local/sqlite-lineage-store.ts';
import { moveChampion } from '../../shared/domain/models/control.ts';
import type { Budgets } from '../../shared/ports/budgets.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

const [kind = '', location = '', rounds = '', name = ''] = process.argv.slice(2);

/** Numbers of the objects that this process was the first to write. */
async function raceForObjects(objects: ObjectStore): Promise<readonly number[]> {
  const wins: number[] = [];
  for (let number = 0; number < Number(rounds); number += 1) {
    if (await objects.putIfAbsent(`prizes/${number}`, new TextEncoder().encode(name))) wins.push(number);
  }
  return wins;
}

/** Versions of the control item that this process wrote. */
async function raceForControl(lineage: LineageStore): Promise<readonly number[]> {
  const wins: number[] = [];
  while (true) {
    const control = await lineage.getControl('prize');
    if (control === undefined || control.version >= Number(rounds)) break;
    const next = moveChampion(control, { at: '', to: name, kind: 'promote', by: name, reason: '' });
    if (await lineage.compareAndSetControl(control.version, next)) wins.push(next.version);
    await new Promise(setImmediate);
  }
  return wins;
}

/** Turns of the run's budget that this process was granted. */
async function raceForBudget(budgets: Budgets): Promise<readonly number[]> {
  const one = { turns: 1, outputTokens: 1, microUsd: 1 };
  const wins: number[] = [];
  for (let turn = 0; await budgets.reserve('prize', `${name}/${turn}`, one); turn += 1) {
    await budgets.settle('prize', `${name}/${turn}`, one);
    wins.push(turn);
  }
  return wins;
}

function racers(): () => Promise<readonly number[]> {
  switch (kind) {
    case 'objects':
      return () => raceForObjects(new DirectoryObjectStore(location));
    case 's3-objects':
      return () => raceForObjects(new S3ObjectStore({ client: new S3Client({}), bucket: location }));
    case 'budgets':
      return () => raceForBudget(new SqliteBudgets(location));
    case 'dynamodb-budgets':
      return () => raceForBudget(new DynamoDbBudgets({ client: new DynamoDBClient({}), table: location }));
    case 'dynamodb-control':
      return () => raceForControl(new DynamoDbLineageStore({ client: new DynamoDBClient({}), table: location }));
    default:
      return () => raceForControl(new SqliteLineageStore(location));
  }
}

const run = racers();
process.send?.('ready');
await once(process, 'message');
process.send?.(await run());
process.disconnect();
