import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, test } from 'vitest';
import { DynamoDbBudgets } from '../../../shared/adapters/aws/dynamodb-budgets.ts';
import { DynamoDbLineageStore } from '../../../shared/adapters/aws/dynamodb-lineage-store.ts';
import { S3Journal } from '../../../shared/adapters/aws/s3-journal.ts';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { DuckDbTraceLog } from '../../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import { firstControl, moveChampion } from '../../../shared/domain/models/control.ts';
import { budgetsContract } from '../../contract/budgets-contract.ts';
import { lineageStoreContract } from '../../contract/lineage-store-contract.ts';
import { objectStoreContract } from '../../contract/object-store-contract.ts';
import { traceJournalContract } from '../../contract/trace-journal-contract.ts';
import { temporaryBucket, temporaryTable } from '../../helpers/emulator-resources.ts';
import { awsFaults, FaultyAws, threeAttemptsAtOnce } from '../../helpers/faulty-aws.ts';
import { FixedClock } from '../../helpers/fixed-clock.ts';
import { sampleModel } from '../../helpers/lineage-samples.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';

const random = new SeededRandom();
const plain = { s3: new S3Client({}), dynamoDb: new DynamoDBClient({}) };
const made: { destroy(): void }[] = [plain.s3, plain.dynamoDb];
afterAll(() => {
  for (const client of made) client.destroy();
});

/** Clients whose connections fail. */
function clients(name: string, rate: number, inARow: number) {
  const faults = new FaultyAws({ random: random.stream(1, name), rate, inARow });
  const s3 = new S3Client({ retryStrategy: threeAttemptsAtOnce });
  const dynamoDb = new DynamoDBClient({ retryStrategy: threeAttemptsAtOnce });
  s3.middlewareStack.add(faults.middleware, faults.place);
  dynamoDb.middlewareStack.add(faults.middleware, faults.place);
  made.push(s3, dynamoDb);
  return { s3, dynamoDb, faults };
}

// Minutes, and so only when asked for: what the client's own attempts make up for, nobody notices.
if (process.env.RATCHET_ALL_FAULTS !== undefined) {
  const passing = clients('passing', 0.25, 2);
  afterAll(() => {
    expect([...passing.faults.injected.keys()].sort()).toEqual([...awsFaults].sort());
  });

  objectStoreContract('S3 on a bad connection', async () => {
    const { bucket, remove } = await temporaryBucket(plain.s3);
    return { objects: new S3ObjectStore({ client: passing.s3, bucket }), dispose: remove };
  });

  lineageStoreContract('DynamoDB on a bad connection', async () => {
    const { table, remove } = await temporaryTable(plain.dynamoDb);
    return { lineage: new DynamoDbLineageStore({ client: passing.dynamoDb, table }), dispose: remove };
  });

  budgetsContract('DynamoDB on a bad connection', async () => {
    const { table, remove } = await temporaryTable(plain.dynamoDb);
    return { budgets: new DynamoDbBudgets({ client: passing.dynamoDb, table }), dispose: remove };
  });

  traceJournalContract('S3 on a bad connection', async () => {
    const { bucket, remove } = await temporaryBucket(plain.s3);
    const journalIn = (client: S3Client) =>
      new S3Journal({ objects: new S3ObjectStore({ client, bucket }), now: () => Date.now() });
    let isThere = true;
    const removed = async (): Promise<void> => {
      if (isThere) await remove();
      isThere = false;
    };
    return {
      journal: journalIn(passing.s3),
      reopened: () => journalIn(passing.s3),
      breakDown: removed,
      dispose: removed,
    };
  });
}

describe('in an outage, each call is done or ends in a fault that says what to do', () => {
  const outage = (name: string) => clients(name, 0.6, Number.POSITIVE_INFINITY);

  /** Null where it ended in such a fault: nobody knows whether it was done. */
  async function tried<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      expect(error).toBeInstanceOf(RatchetError);
      expect(error).toMatchObject({ name: 'StorageFailure', mend: expect.stringMatching(/\w/) });
      return null;
    }
  }

  async function untilDone<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      const done = await tried(async () => ({ value: await work() }));
      if (done !== null) return done.value;
    }
  }

  test('and objects in S3 are whole: the last that was written, or one whose fate nobody knew', async () => {
    const { bucket, remove } = await temporaryBucket(plain.s3);
    const { s3, faults } = outage('objects');
    const objects = new S3ObjectStore({ client: s3, bucket });
    const draw = random.stream(1, 'objects');
    const possible = new Map<string, Set<string | null>>();
    let failed = 0;
    for (let at = 0; at < 80; at += 1) {
      const key = `k/${draw.below(4)}`;
      const known = possible.get(key) ?? new Set([null]);
      const body = `${at} `.repeat(1 + draw.below(2_000));
      const act = draw.below(4);
      const bytes = new TextEncoder().encode(body);
      if (act === 0) {
        const done = await tried(() => objects.putIfAbsent(key, bytes));
        if (done === true) expect(known).toContain(null);
        if (done === null) possible.set(key, known.has(null) ? known.add(body) : known);
        else if (done) possible.set(key, new Set([body]));
        else known.delete(null);
        failed += Number(done === null);
      } else if (act === 1) {
        const read = await tried(async () => ({ body: await objects.get(key) }));
        if (read === null) continue;
        const found = read.body === undefined ? null : new TextDecoder().decode(read.body);
        expect([...known]).toContain(found);
        possible.set(key, new Set([found]));
      } else {
        const write = act === 2 ? () => objects.put(key, bytes) : () => objects.delete(key);
        const value = act === 2 ? body : null;
        const done = await tried(async () => {
          await write();
          return true;
        });
        possible.set(key, done === null ? known.add(value) : new Set([value]));
        failed += Number(done === null);
      }
    }
    expect(failed).toBeGreaterThan(0);
    faults.isQuiet = true;
    for (const [key, values] of possible) {
      const body = await objects.get(key);
      expect([...values]).toContain(body === undefined ? null : new TextDecoder().decode(body));
    }
    await remove();
  });

  test('and a champion in DynamoDB is moved once by each who was told so, and by nobody who was told not', async () => {
    const { table, remove } = await temporaryTable(plain.dynamoDb);
    const { dynamoDb, faults } = outage('control');
    const lineage = new DynamoDbLineageStore({ client: dynamoDb, table });
    await untilDone(() => lineage.createModel(sampleModel()));
    const told = new Map<string, boolean | null>();
    for (let at = 0; at < 40; at += 1) {
      const control = (await untilDone(() => lineage.getControl('m1'))) ?? firstControl('m1');
      // Every fourth goes by what it read before others moved it.
      const base = at % 4 === 3 && control.version > 0 ? { ...control, version: control.version - 1 } : control;
      const move = { at: '2026-01-01T00:00:00Z', to: `c${at}`, kind: 'promote' as const, by: `r${at}`, reason: '' };
      const done = await tried(() => lineage.compareAndSetControl(base.version, moveChampion(base, move)));
      told.set(`c${at}`, done);
    }
    faults.isQuiet = true;
    const moved = ((await lineage.getControl('m1'))?.moves ?? []).map(({ to }) => to);
    expect(new Set(moved).size).toBe(moved.length);
    for (const [to, done] of told) if (done !== null) expect([to, moved.includes(to)]).toEqual([to, done]);
    expect(new Set(told.values())).toEqual(new Set([true, false, null]));
    await remove();
  });

  test('and nothing is spent beyond a budget in DynamoDB, nor counted twice', async () => {
    const { table, remove } = await temporaryTable(plain.dynamoDb);
    const { dynamoDb, faults } = outage('budget');
    const budgets = new DynamoDbBudgets({ client: dynamoDb, table });
    await untilDone(() => budgets.open('r1', { turns: 10, outputTokens: 100, microUsd: 100 }));
    const granted: string[] = [];
    for (let at = 0; at < 14; at += 1) {
      const key = `a/${at}`;
      if (await untilDone(() => budgets.reserve('r1', key, { turns: 1, outputTokens: 9, microUsd: 9 }))) {
        granted.push(key);
        await untilDone(async () => {
          await budgets.settle('r1', key, { turns: 1, outputTokens: 3, microUsd: 2 });
        });
      }
    }
    faults.isQuiet = true;
    expect(granted).toHaveLength(10);
    expect(await budgets.get('r1')).toMatchObject({
      spent: { turns: 10, outputTokens: 30, microUsd: 20 },
      reserved: { turns: 0, outputTokens: 0, microUsd: 0 },
    });
    await remove();
  });

  test('and a trace log in S3 has each batch once, whole, in one order', async () => {
    const { bucket, remove } = await temporaryBucket(plain.s3);
    const { s3, faults } = outage('log');
    const objects = new S3ObjectStore({ client: s3, bucket });
    const log = new DuckDbTraceLog({ objects, clock: new FixedClock() });
    const names = Array.from({ length: 6 }, (_, at) => `b${at}`);
    for (const name of names) {
      const traces = [0, 1, 2].map((at) => sampleTrace({ traceId: `${name}-${at}`, input: `${name} ${at}` }));
      const judgements = traces.map(({ traceId }) => sampleJudgement({ traceId, judgementId: `j-${traceId}` }));
      await untilDone(() => log.append('m1', name, { traces, judgements }));
    }
    faults.isQuiet = true;
    const fresh = new DuckDbTraceLog({ objects, clock: new FixedClock() });
    const history = await fresh.history('m1');
    expect(history.map(({ batchId, position, traces }) => [batchId, position, traces])).toEqual(
      names.map((name, at) => [name, at + 1, 3]),
    );
    const read = await fresh.read('m1', { limit: 100 });
    expect(read.map(({ trace }) => trace.traceId).sort()).toEqual(
      names.flatMap((n) => [0, 1, 2].map((at) => `${n}-${at}`)),
    );
    expect(read.every(({ judgements }) => judgements.length === 1)).toBe(true);
    await Promise.all([log.close(), fresh.close()]);
    await remove();
  });

  test('and a journal in S3 has all that was acknowledged', async () => {
    const { bucket, remove } = await temporaryBucket(plain.s3);
    const { s3, faults } = outage('journal');
    const journal = new S3Journal({ objects: new S3ObjectStore({ client: s3, bucket }), now: () => 1 });
    const acknowledged: string[] = [];
    for (let at = 0; at < 20; at += 1) {
      const trace = sampleTrace({ traceId: `t${at}` });
      const done = await tried(async () => {
        await journal.append([{ kind: 'trace', trace }]);
        return true;
      });
      if (done !== null) acknowledged.push(trace.traceId);
    }
    faults.isQuiet = true;
    const entries = (await Promise.all((await journal.close()).map((part) => part.read()))).flat();
    const kept = entries.flatMap((entry) => (entry.kind === 'trace' ? [entry.trace.traceId] : []));
    expect(kept).toEqual(expect.arrayContaining(acknowledged));
    expect(acknowledged.length).toBeGreaterThan(3);
    expect(acknowledged.length).toBeLessThan(20);
    await remove();
  });
});
