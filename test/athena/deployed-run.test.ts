import { AthenaClient, ListQueryExecutionsCommand, ListWorkGroupsCommand } from '@aws-sdk/client-athena';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LocalStateMachine } from '../../cli/runtime/local-state-machine.ts';
import { openStack, type StackPlace } from '../../cli/stack/stack-place.ts';
import { ingestReceiptKey, ingestReceiptSchema } from '../../shared/intake/ingest-receipt.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { runResultSchema } from '../../shared/loop/state/run-result.ts';
import { readJson } from '../../shared/ports/documents.ts';
import { createDriftingModel, dropOf, judgedTraffic } from '../helpers/cloud-traffic.ts';
import { type DeployedStack, deployStack } from '../helpers/deployed-stack.ts';
import { countingWatcher } from '../helpers/history-projection.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { bytesOf, makeWorkspace } from '../helpers/test-workspace.ts';

const name = 'athena';
const modelId = 'support';
const settings = { runAfterFailures: 20 };
let deployed: DeployedStack;
let stack: StackPlace;
let athena: AthenaClient;

beforeAll(async () => {
  deployed = await deployStack(name, { deletionProtection: 'false', traceLog: 'athena' });
  stack = await openStack(name, {
    observer: { progress: () => undefined, note: () => undefined },
    env: process.env,
  });
  athena = new AthenaClient({});
}, 600_000);

afterAll(async () => {
  athena?.destroy();
  await stack?.close();
  await deployed?.forget();
});

async function queriesAsked(): Promise<number> {
  const { WorkGroups: groups = [] } = await athena.send(new ListWorkGroupsCommand({}));
  const ours = groups.flatMap(({ Name }) => (Name?.startsWith(name) ? [Name] : []));
  const asked = await Promise.all(ours.map((WorkGroup) => athena.send(new ListQueryExecutionsCommand({ WorkGroup }))));
  return asked.flatMap(({ QueryExecutionIds: ids = [] }) => ids).length;
}

async function executionOf(model: string): Promise<string | undefined> {
  const { executions = [] } = await stack.clients.stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: stack.outputs.StateMachineArn }),
  );
  return executions.find((execution) => execution.name?.startsWith(`${model}.`))?.executionArn;
}

test('a drop is taken in, and its run decides as on a laptop, where Athena reads the log', async () => {
  const { ports } = stack;
  await createDriftingModel(modelId, ports, settings);
  const lines = await judgedTraffic(modelId, samples(500, 0.4, ports.random.stream(1, 'traffic')), 'day1', ports);
  const key = `drops/${modelId}/day1.jsonl`;
  await ports.objects.put(key, dropOf(lines));
  const receiptKey = ingestReceiptKey(modelId, key);
  await expect
    .poll(async () => (await ports.objects.get(receiptKey)) !== undefined, { timeout: 120_000, interval: 500 })
    .toBe(true);
  expect(await readJson(ports.objects, receiptKey, ingestReceiptSchema)).toMatchObject({
    ingested: 500,
    judgements: 500,
    failure: null,
  });

  await expect.poll(() => executionOf(modelId), { timeout: 60_000, interval: 500 }).toBeDefined();
  const execution = (await executionOf(modelId)) ?? '';
  await expect
    .poll(async () => (await stack.executions.describe(execution)).status, { timeout: 240_000, interval: 1_000 })
    .not.toBe('RUNNING');
  const { status, output, error, cause } = await stack.executions.describe(execution);
  expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED', error: undefined, cause: undefined });
  const cloud = runResultSchema.parse(JSON.parse(output ?? ''));
  expect(cloud.decision).toBe('promoted');
  expect(await queriesAsked()).toBeGreaterThan(0);

  const laptop = await makeWorkspace();
  try {
    await createDriftingModel(modelId, laptop.ports, settings);
    await ingestTraces({ modelId, sources: [{ name: 'day1', open: async () => bytesOf(lines) }] }, laptop.ports);
    const { watcher } = countingWatcher();
    const run = { runId: cloud.run, modelId, seed: 1 };
    const here = runResultSchema.parse(await new LocalStateMachine(laptop.ports, watcher).execute('laptop', { run }));
    expect({ ...here, report: '' }).toEqual({ ...cloud, report: '' });
  } finally {
    await laptop.dispose();
  }
});
