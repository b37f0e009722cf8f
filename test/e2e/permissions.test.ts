import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalStateMachine } from '../../cli/runtime/local-state-machine.ts';
import { eventFunctions, servingFunctions, stageFunctions } from '../../infra/function-specs.ts';
import { DynamoDbBudgets } from '../../shared/adapters/aws/dynamodb-budgets.ts';
import { DynamoDbLineageStore } from '../../shared/adapters/aws/dynamodb-lineage-store.ts';
import { RoutedObjectStore } from '../../shared/adapters/aws/routed-object-store.ts';
import { S3Journal } from '../../shared/adapters/aws/s3-journal.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DuckDbTraceQuery } from '../../shared/adapters/duckdb/duckdb-trace-query.ts';
import { TraceBatches } from '../../shared/adapters/duckdb/trace-batches.ts';
import { createBackEnds } from '../../shared/composition/create-back-ends.ts';
import { ingestDrop } from '../../shared/intake/ingest-drop.ts';
import { stateHandlers } from '../../shared/loop/catalogue.ts';
import type { StateHandler } from '../../shared/loop/engine/run-state.ts';
import { runResultSchema } from '../../shared/loop/state/run-result.ts';
import { considerRun } from '../../shared/operations/consider-run.ts';
import { watchDrift } from '../../shared/operations/drift.ts';
import { endRun } from '../../shared/operations/end-run.ts';
import { watchWhenWorthIt } from '../../shared/operations/watch-champion.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { createServingApp } from '../../shared/serving/app.ts';
import { settleJournal } from '../../shared/serving/settle-journal.ts';
import { createDriftingModel, dropOf, judgedTraffic } from '../helpers/cloud-traffic.ts';
import { temporaryBucket, temporaryTable } from '../helpers/emulator-resources.ts';
import { countingWatcher } from '../helpers/history-projection.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { MemoryExecutions } from '../helpers/memory-executions.ts';
import { type PolicedClients, policedClients } from '../helpers/policed-clients.ts';
import { makeWorkspace } from '../helpers/test-workspace.ts';
import { shortStatements } from '../infra/statements.ts';
import { synthesized } from '../infra/synthesized.ts';

const modelId = 'support';
const disposals: (() => unknown)[] = [];
let clients: PolicedClients;
let ports: Ports;
let traceBucket: S3ObjectStore;
let bucket: string;
let journal: S3Journal;

/** The loop's real adapters over the emulator, each stage in its own role: the emulator itself asks nobody for rights. */
beforeAll(async () => {
  const names: Record<string, string> = {};
  clients = policedClients(shortStatements(synthesized({ serving: '{}' }).loop), names);
  const workspace = await makeWorkspace();
  const traces = await temporaryBucket(clients.s3);
  const artifacts = await temporaryBucket(clients.s3);
  const kept = await temporaryBucket(clients.s3);
  Object.assign(names, { [traces.bucket]: 'traces', [artifacts.bucket]: 'artifacts', [kept.bucket]: 'journal' });
  journal = new S3Journal({
    objects: new S3ObjectStore({ client: clients.s3, bucket: kept.bucket }),
    now: () => Date.now(),
  });
  const { table, remove } = await temporaryTable(clients.dynamoDb);
  bucket = traces.bucket;
  traceBucket = new S3ObjectStore({ client: clients.s3, bucket: traces.bucket });
  const objects = new RoutedObjectStore({
    traces: traceBucket,
    artifacts: new S3ObjectStore({ client: clients.s3, bucket: artifacts.bucket }),
  });
  const { backEnds, close } = createBackEnds({
    objects,
    cacheDirectory: `${workspace.directory}/cache`,
    clock: workspace.ports.clock,
    budgets: new DynamoDbBudgets({ client: clients.dynamoDb, table }),
    chat: async () => null,
  });
  const traceLog = new DuckDbTraceLog({ objects, clock: workspace.ports.clock });
  const lineage = new DynamoDbLineageStore({ client: clients.dynamoDb, table });
  ports = { ...workspace.ports, ...backEnds, objects, lineage, traceLog };
  const handlers = stateHandlers as Map<string, StateHandler>;
  for (const [name, handle] of handlers)
    handlers.set(name, (input, given, deadline) => clients.as(name, () => handle(input, given, deadline)));
  disposals.push(
    close,
    () => traceLog.close(),
    () => workspace.dispose(),
    remove,
    () => traces.remove(),
    () => artifacts.remove(),
    () => kept.remove(),
    () => clients.close(),
  );
}, 240_000);

afterAll(async () => {
  for (const dispose of disposals) await dispose();
}, 60_000);

describe('the policies', () => {
  test('let each function do what it does, from a drop to a promotion, its report and its end', async () => {
    const drop = `drops/${modelId}/2026-11-01T08:00:00+01:00 mail.jsonl`;
    await createDriftingModel(modelId, ports, { runAfterFailures: 20 });
    const lines = await judgedTraffic(modelId, samples(500, 0.4, ports.random.stream(1, 'traffic')), 'day1', ports);
    // As a producer's own program puts it.
    const Body = dropOf(lines, ['{"traceId":']);
    await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: drop, Body }));

    const open = (key: string) => traceBucket.open(key);
    const ingested = await clients.as('ingest-drop', () => ingestDrop({ key: drop, etag: '1', open }, ports));
    expect(ingested).toMatchObject({ kind: 'ingested', receipt: { ingested: 500, quarantined: 1 } });
    const [considered] = await clients.as('start-run', () =>
      considerRun(
        { modelId, trigger: 'traces-ingested' },
        { ...ports, history: new TraceBatches(ports.objects), executions: new MemoryExecutions() },
      ),
    );
    if (considered?.run === null || considered === undefined) throw new Error('no run was due');
    const machine = new LocalStateMachine(ports, countingWatcher().watcher, { retryWaitMs: 0 });
    const ended = machine.execute('owner', { run: considered.run });
    const result = runResultSchema.parse(
      await ended.catch((error: unknown) => {
        throw new Error(`refused: ${clients.refused.join('\n')}`, { cause: error });
      }),
    );
    await clients.as('run-ended', () => endRun({ run: considered.run, owner: 'owner', status: 'SUCCEEDED' }, ports));
    expect(result.decision).toBe('promoted');
    const traceId = await servedOnce('where is my parcel');
    const [settled] = await clients.as('settle-journal', () => settleJournal(journal, ports));
    expect(settled).toMatchObject({ traces: 1, judgements: 1, refused: 1 });
    expect((await ports.traceLog.knownTraces(modelId, [traceId])).size).toBe(1);
    expect(await clients.as('watch-champion', () => watchDrift(modelId, ports))).not.toBeNull();
    const watched = await clients.as('watch-champion', () =>
      watchWhenWorthIt({ modelId, trigger: 'run-finished' }, ports),
    );
    // The one that was judged was found wrong, which tells of complaints alone.
    expect(watched).toMatchObject({ outcome: 'picked', count: { test: 'shadow', judged: 1 } });
    expect(clients.refused).toEqual([]);
    const worked = [...clients.allowed.keys()].sort();
    const besideStages = [...Object.values(eventFunctions), ...Object.values(servingFunctions)];
    const all = [...stageFunctions, ...besideStages].map(({ name }) => name);
    expect(worked).toEqual(all.sort());
  });

  test('stop a stage that would write what is not its own', async () => {
    const control = await ports.lineage.getControl(modelId);
    const champion = await ports.lineage.getCheckpoint(modelId, control?.championId ?? '');
    if (champion === undefined || control === undefined) throw new Error('no champion');
    const gate = (await ports.objects.list(`runs/${modelId}/`)).find((key) => key.endsWith('/gate.json')) ?? '';
    const next = { ...control, version: control.version + 1, championId: 'other' };
    const attempts: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['decide-next', () => ports.objects.put(gate, new Uint8Array())],
      ['evaluate-candidates', () => ports.lineage.putCheckpoint({ ...champion, checkpointId: 'forged' })],
      ['gate-candidates', () => ports.lineage.putCheckpoint({ ...champion, checkpointId: 'forged' })],
      ['gate-candidates', () => ports.objects.put(champion.served.ref, new Uint8Array())],
      ['train-candidates', () => ports.lineage.compareAndSetControl(control.version, next)],
      ['triage-traces', () => ports.objects.delete(gate)],
      ['ingest-drop', () => ports.objects.put(`drops/${modelId}/x.jsonl`, new Uint8Array())],
      ['serve', () => journal.close()],
      ['serve', () => ports.objects.put(champion.served.ref, new Uint8Array())],
      ['serve', () => ports.objects.put(`drops/${modelId}/x.jsonl`, new Uint8Array())],
      ['settle-journal', () => journal.append([])],
      ['settle-journal', () => ports.objects.put(champion.served.ref, new Uint8Array())],
    ];
    for (const [role, attempt] of attempts) {
      const told = await clients.as(role, attempt).then(
        () => 'done',
        (error: Error) => error.name,
      );
      expect([role, told]).toEqual([role, 'AccessDenied']);
    }
    expect(await ports.lineage.getControl(modelId)).toEqual(control);
  });

  test('let agents of shards query the trace log, and agents of other stages not', async () => {
    const query = (role: string) =>
      clients.as(role, async () => {
        const traceQuery = new DuckDbTraceQuery({ objects: ports.objects });
        try {
          const rows = await traceQuery.query(modelId, 'SELECT count(*) AS n FROM traces');
          return Number(rows[0]?.n);
        } catch (error) {
          return error instanceof Error ? error.name : 'unknown';
        } finally {
          await traceQuery.close();
        }
      });
    // One more was answered over HTTP.
    expect(await query('analyze-failures')).toBe(501);
    for (const role of ['build-taxonomy', 'confirm-weaknesses', 'synthesize-curriculum']) {
      expect([role, await query(role)]).toEqual([role, 'AccessDenied']);
    }
  });
});

/** Answers once in the role of the function that serves, takes what is said of it, and what nobody can use. @returns its trace id */
async function servedOnce(input: string): Promise<string> {
  const app = createServingApp({ ports, access: { token: null, hosts: null }, journal, onFault: () => undefined });
  const post = async (what: string, body: unknown): Promise<Record<string, unknown>> => {
    const request = new Request(`http://localhost/v1/models/${modelId}/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await clients.as('serve', async () => (await app.fetch(request)).json())) as Record<string, unknown>;
  };
  const { traceId } = await post('predictions', { input });
  await post('feedback', { traceId, verdict: 'fail', judge: { kind: 'human', id: 'ana' } });
  await clients.as('serve', () => journal.append([{ kind: 'feedback', modelId, record: { verdict: 'fail' } }]));
  return String(traceId);
}
