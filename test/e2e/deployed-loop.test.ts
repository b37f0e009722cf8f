import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { LocalStateMachine } from '../../cli/runtime/local-state-machine.ts';
import type { ExecutionState } from '../../cli/stack/stack-executions.ts';
import { openStack, type StackPlace } from '../../cli/stack/stack-place.ts';
import { agentsAnalyst } from '../../shared/adapters/analysts/agents/agents-analyst.ts';
import type { Run } from '../../shared/domain/models/run.ts';
import { type IngestReceipt, ingestReceiptKey, ingestReceiptSchema } from '../../shared/intake/ingest-receipt.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { runResultSchema } from '../../shared/loop/state/run-result.ts';
import { readJson, readJsonl } from '../../shared/ports/documents.ts';
import { settleJournal } from '../../shared/serving/settle-journal.ts';
import { goodAnalyst, roleOf } from '../helpers/analyst-script.ts';
import { ChatServer } from '../helpers/chat-server.ts';
import { createDriftingModel, dropOf, gzipped, judgedTraffic, trafficWithFailures } from '../helpers/cloud-traffic.ts';
import { hasBrowser, openBrowser, openConsole } from '../helpers/console-page.ts';
import { type DeployedStack, deployStack } from '../helpers/deployed-stack.ts';
import { createIssuer, type EmulatedIssuer } from '../helpers/emulated-issuer.ts';
import { countingWatcher, projectionOf, succeededTasks } from '../helpers/history-projection.ts';
import { partlyJudged, samples } from '../helpers/made-up-traffic.ts';
import { correctFive, startRun } from '../helpers/newcomer.ts';
import { scriptedWire } from '../helpers/scripted-wire.ts';
import { makeWorkspace } from '../helpers/test-workspace.ts';
import { ratchetInProcess } from '../integration/cli/in-process.ts';
import { launcherPath } from '../integration/cli/launcher.ts';
import { HttpClient } from './http-client.ts';

const name = 'e2e';
const golden = new URL('./golden/improvement-loop.txt', import.meta.url);
const awaited = 100_000;
const supportSettings = { runAfterFailures: 20 };
const quarantinedSchema = z.object({ line: z.int(), text: z.string(), reason: z.string() });
const noteSchema = z.object({ drop: z.string(), cause: z.string(), mend: z.string() });
let chat: ChatServer;
let deployed: DeployedStack;
let stack: StackPlace;
let lambda: LambdaClient;
let issuer: EmulatedIssuer;
let http: HttpClient;

beforeAll(async () => {
  issuer = await createIssuer(['support', 'served', 'mended', 'other']);
  chat = await ChatServer.start();
  const prices = { input: 1, cachedInput: 0.1, output: 5 };
  const url = `${chat.url}/v1`;
  deployed = await deployStack(name, {
    deletionProtection: 'false',
    chat: JSON.stringify({ provider: 'openai', url, model: 'scripted', window: 32_000, prices, retries: 0 }),
    schedules: JSON.stringify([{ modelId: 'nightly', expression: 'rate(1 minute)' }]),
    serving: JSON.stringify({ issuer: issuer.issuer, audience: [issuer.audience] }),
  });
  lambda = new LambdaClient({});
  stack = await openStack(name, {
    observer: { progress: () => undefined, note: () => undefined },
    env: process.env,
  });
  http = HttpClient.ofApi(stack.servingUrl ?? '');
}, 600_000);

afterAll(async () => {
  lambda?.destroy();
  await stack?.close();
  await deployed?.forget();
  await chat?.close();
});

/** Asks until there is an answer. */
async function until<T>(what: string, ask: () => Promise<T | undefined>, withinMs = awaited): Promise<T> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(250);
  }
  throw new Error(`${what}: not within ${withinMs / 1_000} s`);
}

async function drop(modelId: string, file: string, bytes: Uint8Array): Promise<IngestReceipt> {
  const key = `drops/${modelId}/${file}`;
  await stack.ports.objects.put(key, bytes);
  return until(`receipt of ${key}`, () => receiptOf(modelId, key));
}

async function receiptOf(modelId: string, key: string): Promise<IngestReceipt | undefined> {
  const receiptKey = ingestReceiptKey(modelId, key);
  if ((await stack.ports.objects.get(receiptKey)) === undefined) return undefined;
  return readJson(stack.ports.objects, receiptKey, ingestReceiptSchema);
}

async function executionsOf(modelId: string): Promise<readonly { arn: string; status: string }[]> {
  const { executions = [] } = await stack.clients.stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: stack.outputs.StateMachineArn }),
  );
  return executions
    .filter((execution) => execution.name?.startsWith(`${modelId}.`))
    .map(({ executionArn = '', status = '' }) => ({ arn: executionArn, status }));
}

async function ended(arn: string, withinMs = awaited): Promise<ExecutionState> {
  const end = async () => {
    const state = await stack.executions.describe(arn);
    return state.status === 'RUNNING' ? undefined : state;
  };
  return until(`end of ${arn}`, end, withinMs);
}

/** The record of a run once the function that follows its end has seen to it. */
async function closed(runId: string): Promise<Run> {
  return until(`end of the record of ${runId}`, async () => {
    const run = await stack.ports.lineage.getRun(runId);
    if (run === undefined || run.status === 'running') return undefined;
    const lease = (await stack.ports.lineage.getControl(run.modelId))?.lease;
    return lease?.runId === runId ? undefined : run;
  });
}

function start(modelId: string, runId: string): Promise<string> {
  return stack.executions.start({ runId, modelId, seed: 1 });
}

/** A model with little to run on: its runs end early, as too little evidence. */
async function smallModel(modelId: string): Promise<void> {
  await createDriftingModel(modelId, stack.ports);
  await drop(modelId, 'few.jsonl', dropOf(trafficWithFailures(modelId, samples(30, 0, stream(modelId)), 3, modelId)));
}

function stream(use: string) {
  return stack.ports.random.stream(1, use);
}

/** Takes from a function one of the buckets that it works with while `meanwhile` lasts. */
async function withBrokenFunction<T>(
  called: string,
  meanwhile: () => Promise<T>,
  variable = 'RATCHET_ARTIFACT_BUCKET',
): Promise<T> {
  const FunctionName = `${name}-${called}`;
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const set = async (Variables: Record<string, string>) => {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  };
  const variables = Environment?.Variables ?? {};
  await set({ ...variables, [variable]: 'no-such-bucket' });
  try {
    return await meanwhile();
  } finally {
    await set(variables);
  }
}

/** The command line, serving the stack on this machine. */
function serveHere(): { readonly url: Promise<string>; kill(): void } {
  const child = spawn(process.execPath, [launcherPath, 'serve', '--stack', name, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = once(child.stdout, 'data').then(([line]) => JSON.parse(String(line)).url as string);
  return { url, kill: () => child.kill('SIGKILL') };
}

async function failedTasks(arn: string): Promise<number> {
  const events = await stack.executions.eventsAfter(arn, 0);
  return events.filter(({ type }) => type === 'LambdaFunctionFailed' || type === 'TaskFailed').length;
}

describe('a drop of judged traces', () => {
  const modelId = 'support';
  const badLines = ['{"traceId":', '{"traceId":"no-input"}'];
  let traffic: Uint8Array;
  let execution: string;
  let client: ReturnType<HttpClient['keepAsking']>;

  beforeAll(async () => {
    await createDriftingModel(modelId, stack.ports, supportSettings);
    const lines = await judgedTraffic(modelId, samples(500, 0.4, stream('traffic')), 'day1', stack.ports);
    traffic = gzipped(dropOf(lines, badLines));
    client = http.keepAsking(modelId, await issuer.token(`ratchet/${modelId}`));
  });
  afterAll(() => client.stop());

  test('is ingested, and just its bad lines go to quarantine with the reason', async () => {
    const receipt = await drop(modelId, 'day1.jsonl.gz', traffic);
    expect(receipt).toMatchObject({ ingested: 500, judgements: 500, quarantined: badLines.length, failure: null });
    const kept = await Promise.all(
      receipt.quarantine.map((key) => readJsonl(stack.ports.objects, key, quarantinedSchema)),
    );
    expect(kept.flat()).toMatchObject(badLines.map((text, at) => ({ line: 501 + at, text })));
  });

  test('starts an execution by itself; a second run is refused with the name of the first', async () => {
    execution = await until('an execution', async () => (await executionsOf(modelId))[0]?.arn);
    await until('the lease', async () => (await stack.ports.lineage.getControl(modelId))?.lease ?? undefined);
    const second = await ended(await start(modelId, 'run-second'));
    expect(second).toMatchObject({ status: 'FAILED', error: 'LeaseHeld' });
    expect(second.cause).toContain(execution);
    expect(await closedRecord('run-second')).toMatchObject({ status: 'failed', failure: { name: 'LeaseHeld' } });
  });

  test('ends in a promotion on which the lineage, the artifacts and the report agree', async () => {
    const { status, output, error, cause } = await ended(execution);
    expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED', error: undefined, cause: undefined });
    const result = runResultSchema.parse(JSON.parse(output ?? ''));
    expect(result.decision).toBe('promoted');
    const { lineage, objects } = stack.ports;
    const control = await lineage.getControl(modelId);
    expect(control).toMatchObject({ championId: result.champion, lease: null });
    const champion = await lineage.getCheckpoint(modelId, result.champion);
    const artifact = await objects.get(champion?.served.ref ?? '');
    expect(
      createHash('sha256')
        .update(artifact ?? '')
        .digest('hex'),
    ).toBe(champion?.served.digest);
    const report = new TextDecoder().decode(await objects.get(result.report));
    expect(report).toContain(result.champion);
    expect(report).toContain(`#/v2/executions/details/${execution}`);
    expect(report).toContain(`/s3/buckets/${stack.outputs.ArtifactBucketName}?`);
    expect(await lineage.getRun(result.run)).toMatchObject({ status: 'finished', resultId: result.champion });
    const shown = await ratchetInProcess(['lineage', modelId, '--stack', name, '--json'], '', process.env);
    expect(JSON.parse(shown.stdout)).toMatchObject({ champion: result.champion });
  });

  test('passes through the same states as on a laptop, to the same curriculum and the same decision', async () => {
    const events = await stack.executions.eventsAfter(execution, 0);
    const onAws = projectionOf(succeededTasks(events, name));
    const cloud = runResultSchema.parse(JSON.parse((await stack.executions.describe(execution)).output ?? ''));

    const laptop = await makeWorkspace();
    try {
      await createDriftingModel(modelId, laptop.ports, supportSettings);
      const source = { name: 'day1', open: async () => chunks(traffic) };
      const lines = await judgedTraffic(modelId, samples(500, 0.4, stream('traffic')), 'day1', laptop.ports);
      expect(gzipped(dropOf(lines, badLines))).toEqual(traffic);
      await ingestTraces({ modelId, sources: [{ ...source, open: async () => chunks(dropOf(lines)) }] }, laptop.ports);
      const { watcher, succeeded } = countingWatcher();
      const run = { runId: cloud.run, modelId, seed: 1 };
      const result = runResultSchema.parse(
        await new LocalStateMachine(laptop.ports, watcher).execute('laptop', { run }),
      );
      expect({ ...result, report: '' }).toEqual({ ...cloud, report: '' });
      const here = await laptop.ports.lineage.listDatasets(modelId);
      const there = await stack.ports.lineage.listDatasets(modelId);
      expect(here.map(({ datasetId }) => datasetId).sort()).toEqual(there.map(({ datasetId }) => datasetId).sort());
      expect(projectionOf(succeeded)).toEqual(onAws);
      expect(`${onAws.join('\n')}\n`).toBe(readFileSync(golden, 'utf8'));
    } finally {
      await laptop.dispose();
    }
  });

  test('ends in a champion that a client which kept asking is answered by, without a failure', async () => {
    const champion = (await stack.ports.lineage.getControl(modelId))?.championId;
    await until('the champion', async () => (client.checkpoints.at(-1) === champion ? true : undefined), 20_000);
    expect(client.checkpoints).toHaveLength(2);
    expect(await client.stop()).toEqual([200]);
  });

  test('dropped once more changes nothing', async () => {
    const version = await stack.ports.traceLog.version(modelId);
    const executions = await executionsOf(modelId);
    const receipt = await drop(modelId, 'again.jsonl.gz', traffic);
    expect(receipt).toMatchObject({ ingested: 0, judgements: 0, alreadyKnown: 500 });
    expect(await stack.ports.traceLog.version(modelId)).toBe(version);
    expect(await executionsOf(modelId)).toEqual(executions);
  });

  test('is no way back: rollback is, and moves the champion', async () => {
    const control = await stack.ports.lineage.getControl(modelId);
    const first = control?.moves[0]?.to ?? '';
    const rolled = await ratchetInProcess(
      ['rollback', modelId, '--to', first, '--stack', name, '--json'],
      '',
      process.env,
    );
    expect(rolled).toMatchObject({ code: 0 });
    expect(await stack.ports.lineage.getControl(modelId)).toMatchObject({ championId: first });
  });
});

describe('a drop as producers name it', () => {
  const modelId = 'names';
  const put = (key: string, lines: Uint8Array) =>
    stack.clients.s3.send(new PutObjectCommand({ Bucket: stack.outputs.TraceBucketName, Key: key, Body: lines }));

  test('with times, blanks and letters of any script is ingested', async () => {
    await createDriftingModel(modelId, stack.ports);
    const names = ['2026-11-01T08:00:00+01:00.jsonl', 'my export (1).jsonl', 'été/日本語 100%.jsonl'];
    for (const [at, file] of names.entries()) {
      const lines = trafficWithFailures(modelId, samples(3, 0, stream(file)), 0, `names-${at}`);
      const key = `drops/${modelId}/${file}`;
      await put(key, dropOf(lines));
      const receipt = await until(`receipt of ${key}`, () => receiptOf(modelId, key));
      expect(receipt).toMatchObject({ drop: key, ingested: 3, failure: null });
    }
  });

  test('that cannot be one leaves a note that says why', async () => {
    const keys = [`drops/${modelId}/notes.pdf`, 'drops/no model/day1.jsonl', 'drops/day1.jsonl'];
    for (const key of keys) await put(key, dropOf([]));
    const notes = await until('the notes', async () => {
      const found = await stack.ports.objects.list('quarantine/_drops/');
      return found.length < keys.length ? undefined : found;
    });
    const told = await Promise.all(notes.map((key) => readJson(stack.ports.objects, key, noteSchema)));
    expect(told.map(({ drop }) => drop).sort()).toEqual([...keys].sort());
    for (const { cause, mend } of told) expect([cause, mend]).not.toContain('');
  });
});

describe('a stage that fails', () => {
  test('once is tried again, and the run ends as ever', async () => {
    const modelId = 'flaky';
    await smallModel(modelId);
    const arn = await withBrokenFunction('judge-traces', async () => {
      const begun = await start(modelId, 'run-flaky');
      await until('a failed task', async () => ((await failedTasks(begun)) > 0 ? true : undefined));
      return begun;
    });
    expect(await ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await closed('run-flaky')).toMatchObject({ status: 'finished', decision: 'kept' });
  });

  test('always ends the run with a cause to act on and the lease free; the same run goes on later', async () => {
    const modelId = 'broken';
    await smallModel(modelId);
    const arn = await withBrokenFunction('triage-traces', async () => {
      const begun = await start(modelId, 'run-broken');
      await ended(begun);
      return begun;
    });
    expect(await failedTasks(arn)).toBe(4);
    const run = await closed('run-broken');
    expect(run).toMatchObject({ status: 'failed', failure: { name: 'StorageFailure' } });
    expect(run.failure?.cause).toContain('no-such-bucket');
    expect(run.failure?.mend).not.toBe('');
    const again = await start(modelId, 'run-broken');
    expect(again).not.toBe(arn);
    expect(await ended(again)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await closed('run-broken')).toMatchObject({ status: 'finished' });
  });
});

describe('an execution that a person stops', () => {
  test('leaves a record that says so, and the lease free', async () => {
    const modelId = 'stopped';
    await smallModel(modelId);
    await withBrokenFunction('split-traces', async () => {
      const executionArn = await start(modelId, 'run-stopped');
      await until('a failed task', async () => ((await failedTasks(executionArn)) > 0 ? true : undefined));
      await stack.clients.stepFunctions.send(new StopExecutionCommand({ executionArn }));
    });
    const run = await closed('run-stopped');
    expect(run).toMatchObject({ status: 'failed', failure: { name: 'ExecutionStopped' } });
    expect(run.failure?.cause).toContain('stopped');
  });

  test('does not come back by a stage of it that begins late', async () => {
    const modelId = 'stopped';
    const [{ arn: owner } = { arn: '' }] = await executionsOf(modelId);
    const before = await stack.ports.lineage.getControl(modelId);
    const record = await stack.ports.lineage.getRun('run-stopped');
    const run = { runId: 'run-stopped', modelId, seed: 1 };
    const lease = { owner, fencingToken: before?.fencingToken };
    for (const [state, input] of [
      ['take-lease', { run, owner }],
      ['prepare-run', { run, lease, iteration: 0, item: 'all' }],
    ] as const) {
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName: `${name}-${state}`, Payload: JSON.stringify(input) }),
      );
      expect(answer.FunctionError).toBeDefined();
      const told = new TextDecoder().decode(answer.Payload);
      expect(JSON.parse(told)).toMatchObject({
        errorType: 'LeaseLost',
        errorMessage: expect.stringContaining('has ended'),
      });
    }
    expect(await stack.ports.lineage.getControl(modelId)).toEqual(before);
    expect(await stack.ports.lineage.getRun('run-stopped')).toEqual(record);
  });
});

describe('answers over HTTP', () => {
  const modelId = 'served';
  const predictions = `/v1/models/${modelId}/predictions`;
  const input = 'where is my parcel';
  const kept: unknown[] = [];
  let token: string;

  beforeAll(async () => {
    await createDriftingModel(modelId, stack.ports);
    token = await issuer.token(`ratchet/${modelId}`);
  });

  test('are for holders of a token alone, each about their own models', async () => {
    const foreign = await createIssuer([modelId]);
    for (const none of [null, 'a.b.c', await foreign.token(`ratchet/${modelId}`)]) {
      expect((await http.ask(predictions, none, { input })).status).toBe(401);
      expect((await http.ask('/healthz', none)).status).toBe(401);
    }
    const other = await issuer.token('ratchet/other');
    for (const [path, body] of [
      [predictions, { input }],
      [`/v1/models/${modelId}/feedback`, { traceId: 't', verdict: 'pass', judge: { kind: 'human', id: 'ana' } }],
    ] as const)
      expect(await http.ask(path, other, body)).toMatchObject({ status: 403, body: { title: 'Forbidden' } });
    expect(await http.ask('/v1/models', other)).toEqual({ status: 200, body: { models: [] } });
    const own = await http.ask('/v1/models', token);
    expect(own.body.models).toMatchObject([{ model: modelId }]);
    expect(await stack.journal?.close()).toEqual([]);
  });

  test('are in S3 once they have a trace id, and what is said of them too', async () => {
    const one = await http.ask(predictions, token, { input });
    const more = await http.ask(predictions, token, { inputs: [input, 'I want my money back'], topK: 2 });
    expect([one.status, more.status]).toEqual([200, 200]);
    const traceIds = [one.body, ...(more.body.predictions as { traceId: string }[])].map(({ traceId }) => traceId);
    kept.push(...traceIds);
    const said = { traceId: traceIds[0], verdict: 'fail', judge: { kind: 'rule' } };
    const asAna = { ...said, judge: { kind: 'human', id: 'ana' } };
    const foreign = await http.ask(`/v1/models/${modelId}/feedback`, token, asAna);
    expect(foreign).toMatchObject({ status: 403, body: { title: 'ForeignSignature' } });
    expect(await http.ask(`/v1/models/${modelId}/feedback`, token, said)).toMatchObject({ status: 202 });
    // Some of it may have been moved into the log already.
    const journal = (await Promise.all(((await stack.journal?.close()) ?? []).map((part) => part.read()))).flat();
    const logged = await stack.ports.traceLog.knownTraces(modelId, traceIds.map(String));
    for (const traceId of traceIds) {
      const isKept = journal.some((entry) => entry.kind === 'trace' && entry.trace.traceId === traceId);
      expect(isKept || logged.has(String(traceId))).toBe(true);
    }
  });

  test('are not given where they cannot be kept', async () => {
    await withBrokenFunction(
      'serve',
      async () => {
        const refused = await http.ask(predictions, token, { input });
        expect(refused).toMatchObject({ status: 503, body: { title: 'StorageFailure' } });
        expect(JSON.stringify(refused.body)).not.toContain('no-such-bucket');
        const unkept = await http.ask(predictions, token, { input, record: false });
        expect(unkept).toMatchObject({ status: 200, body: { traceId: null } });
      },
      'RATCHET_JOURNAL_BUCKET',
    );
  });

  test('are told of by the command line, which serves the same models here', async () => {
    const status = await ratchetInProcess(['status', modelId, '--stack', name, '--json'], '', process.env);
    expect(JSON.parse(status.stdout)).toMatchObject({ serving: stack.servingUrl });
    const child = serveHere();
    try {
      const response = await fetch(`${await child.url}${predictions}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ input }),
      });
      const { traceId } = (await response.json()) as { traceId: unknown };
      expect(traceId).toBeTypeOf('string');
      kept.push(traceId);
    } finally {
      child.kill();
    }
  });

  test('have a console and a review here, over the stack', async () => {
    const reviewed = 'support';
    const child = serveHere();
    try {
      const here = new HttpClient(await child.url);
      const overview = await here.ask('/v1/overview', null);
      expect(overview.body.models).toContainEqual(expect.objectContaining({ model: reviewed }));
      const path = `/v1/models/${reviewed}`;
      const queue = await here.ask(`${path}/review/queue?reviewer=ana&limit=1`, null);
      const [card] = queue.body.cards as { cardId: string; traceId: string }[];
      if (card === undefined) throw new Error('there is nothing to review');
      const cards = [{ cardId: card.cardId, traceIds: [card.traceId] }];
      const action = { reviewer: 'ana', kind: 'reject', cards, clientId: 'e2e' };
      const counted = async () =>
        (await stack.ports.traceLog.history(reviewed)).map(({ judged, failed }) => [judged, failed]);
      const before = await counted();
      expect(await here.ask(`${path}/review/actions`, null, action)).toMatchObject({
        status: 200,
        body: { judged: 1 },
      });
      const said = async () =>
        ((await stack.ports.traceLog.judgementsOf(reviewed, [card.traceId])).get(card.traceId) ?? []).filter(
          ({ judge }) => judge.id === 'ana',
        );
      expect(await said()).toMatchObject([{ verdict: 'fail', judge: { kind: 'human' } }]);
      expect(await counted()).toEqual([...before, [1, 1]]);
      expect(await here.ask(`${path}/review/undo`, null, { reviewer: 'ana' })).toMatchObject({ status: 200 });
      expect((await said()).map(({ retracts }) => retracts !== undefined)).toEqual([false, true]);
      expect(await counted()).toEqual([...before, [0, 0], [0, 0]]);
    } finally {
      child.kill();
    }
  });

  test.skipIf(!hasBrowser)(
    'change with the champion that a newcomer makes here, by keys alone: corrections, what goes with them, a run on AWS (needs .ci/install-browser)',
    async () => {
      const mended = 'mended';
      await createDriftingModel(mended, stack.ports, { maxIterations: 1, runAfterFailures: 10_000 });
      const answered = await judgedTraffic(mended, samples(240, 0.6, stream('mended')), 'mended', stack.ports);
      await drop(mended, 'traffic.jsonl', dropOf(partlyJudged(answered)));
      const client = http.keepAsking(mended, await issuer.token(`ratchet/${mended}`));
      const child = serveHere();
      const browser = await openBrowser();
      try {
        const { page, go, complaints } = await openConsole(browser, { url: await child.url });
        await go('#/');
        const { more, previewed } = await correctFive(page, mended, 'nora');
        expect({ previewed, hasMore: more > 0 }).toEqual({ previewed: true, hasMore: true });
        await startRun(page);
        const arn = await until('an execution', async () => (await executionsOf(mended))[0]?.arn);
        const { output } = await ended(arn, 240_000);
        const { decision, champion } = runResultSchema.parse(JSON.parse(output ?? ''));
        expect(decision).toBe('promoted');
        await until('the champion', async () => (client.checkpoints.at(-1) === champion ? true : undefined), 30_000);
        expect(client.checkpoints).toHaveLength(2);
        expect(await client.stop()).toEqual([200]);
        await page.locator('main').getByText('Promoted').first().waitFor({ timeout: 30_000 });
        expect(complaints).toEqual([]);
      } finally {
        await client.stop();
        await browser.close();
        child.kill();
      }
    },
    400_000,
  );

  test('come into the log by themselves, each once, with what was said of them', async () => {
    // Somebody else who moves them at the same time does no harm.
    if (stack.journal !== null) await settleJournal(stack.journal, stack.ports);
    const { body } = await http.ask(predictions, token, { input: 'where is my other parcel' });
    kept.push(body.traceId);
    const traceIds = kept.map(String);
    await until('the traces', async () => {
      const known = await stack.ports.traceLog.knownTraces(modelId, traceIds);
      return known.size === traceIds.length && (await stack.journal?.close())?.length === 0 ? true : undefined;
    });
    const traces = await stack.ports.traceLog.read(modelId, { limit: 100 });
    expect(traces.map(({ trace }) => trace.traceId).sort()).toEqual(traceIds.toSorted());
    const judged = traces.filter(({ judgements }) => judgements.length > 0);
    expect(judged.map(({ trace }) => trace.traceId)).toEqual([kept[0]]);
    expect(judged[0]?.judgements.map(({ judge }) => judge.id)).toEqual([issuer.audience]);
    const history = await stack.ports.traceLog.history(modelId);
    expect(history.reduce((total, batch) => total + batch.traces, 0)).toBe(traceIds.length);
    expect(history.reduce((total, batch) => total + (batch.failed ?? 0), 0)).toBe(1);
  });
});

describe('a model whose analyst is agents', { timeout: 360_000 }, () => {
  const patienceMs = 300_000;
  /** A run on judged traffic in which the chat model says what the script says. */
  async function begin(modelId: string, script: Parameters<typeof scriptedWire>[0]): Promise<string> {
    chat.respond(scriptedWire(script));
    await createDriftingModel(modelId, stack.ports, { agentTurnsColdStart: turnsAllowed }, agentsAnalyst);
    const lines = await judgedTraffic(modelId, samples(500, 0.4, stream('traffic')), 'day1', stack.ports);
    await drop(modelId, 'day1.jsonl', dropOf(lines));
    return until('an execution', async () => (await executionsOf(modelId))[0]?.arn);
  }
  /** Enough for the shard, the clusters and some of the probes. */
  const turnsAllowed = 20;
  const resultOf = async (arn: string) => {
    const { status, output, cause } = await ended(arn, patienceMs);
    expect({ status, cause }).toEqual({ status: 'SUCCEEDED', cause: undefined });
    return runResultSchema.parse(JSON.parse(output ?? ''));
  };

  test('is diagnosed by them, over a throttled call, a stop, malformed answers and a budget that runs out', async () => {
    const modelId = 'talking';
    const asked: string[] = [];
    let throttled = false;
    const first = await begin(modelId, (request, turn) => {
      const role = roleOf(request);
      asked.push(`${role} ${turn}`);
      if (role === 'trace-analyzer') {
        const sql = 'SELECT verdict, count(*) AS n FROM judgements GROUP BY verdict ORDER BY n';
        return turn === 0 ? { calls: [['query_traces', { sql }]] } : goodAnalyst(request, turn);
      }
      if (turn === 0) {
        if (role === 'taxonomist') return { text: 'I count first.', calls: [['confusions', {}]] };
        return { calls: [['propose_probes', '{"probes": [{"traceId": "t']] };
      }
      if (role === 'taxonomist' && !throttled) {
        throttled = true;
        return 'throttles';
      }
      return goodAnalyst(request, turn - 1);
    });
    // The state tells how many turns were taken. While the machine waits for the model to come back, it is stopped.
    const working = /"status":"working","waitSeconds":5,"progress":\{"done":1,/;
    await until('a stage that waits', async () => {
      const events = await stack.executions.eventsAfter(first, 0);
      const outputs = events.map(({ taskSucceededEventDetails: of }) => (of?.output ?? '').replaceAll(/\s/g, ''));
      return outputs.some((output) => working.test(output)) ? true : undefined;
    });
    await stack.clients.stepFunctions.send(new StopExecutionCommand({ executionArn: first }));
    const [run] = await stack.ports.lineage.listRuns(modelId);
    await closed(run?.runId ?? '');
    const arn = await start(modelId, run?.runId ?? '');
    const result = await resultOf(arn);

    expect(result.decision).toBe('promoted');
    expect(asked.filter((one) => one === 'taxonomist 0')).toHaveLength(1);
    expect(asked.filter((one) => one === 'taxonomist 1').length).toBeGreaterThan(1);
    const turns = result.agents.reduce((sum, of) => sum + of.turns, 0);
    expect(turns).toBe(turnsAllowed);
    const listed = await ratchetInProcess(
      ['report', result.run, '--transcripts', '--stack', name, '--json'],
      '',
      process.env,
    );
    const { agents } = JSON.parse(listed.stdout);
    const probers = agents.filter(({ role }: { role: string }) => role === 'prober');
    expect(probers.map(({ why }: { why: string }) => why)).toContain('budget-spent');
    expect(probers.filter(({ counts }: { counts: boolean }) => counts).length).toBeGreaterThan(0);
    expect(probers.every(({ refused }: { refused: number }) => refused <= 1)).toBe(true);

    const told = async (wanted: string) => {
      const agent = agents.find(({ role }: { role: string }) => role === wanted).agentId;
      const args = ['report', result.run, '--transcripts', agent, '--stack', name, '--json'];
      return JSON.parse((await ratchetInProcess(args, '', process.env)).stdout).agent;
    };
    const analyzer = await told('trace-analyzer');
    expect(analyzer.turns[0].calls[0].result).toMatch(/"verdict":"fail","n":"?\d+/);
    const taxonomist = await told('taxonomist');
    expect(taxonomist.turns.map(({ turn }: { turn: number }) => turn)).toEqual([1, 2, 3]);
    expect(taxonomist).toMatchObject({ why: 'finished', counts: true });

    const report = new TextDecoder().decode(await stack.ports.objects.get(result.report));
    expect(report).toContain('Everything with a landlord');
    expect(report).toContain('taxonomist, turn 2</a>');
  });

  test('is diagnosed by counting where the chat model goes away in the middle of a run, which says so', async () => {
    const arn = await begin('silenced', (request, turn) => {
      if (roleOf(request) === 'trace-analyzer') return goodAnalyst(request, turn);
      void chat.close();
      return 'drops-the-connection';
    });
    const result = await resultOf(arn);
    expect(result.decision).toBe('promoted');
    const counted = Object.fromEntries(result.agents.map((of) => [of.role, of.counted]));
    expect(counted).toEqual({ 'curriculum-writer': 0, prober: 0, taxonomist: 0, 'trace-analyzer': 1 });
    const report = new TextDecoder().decode(await stack.ports.objects.get(result.report));
    expect(report).toContain('the rest of the diagnosis is what counting found (the chat model did not answer)');
    expect(report).not.toContain('An agent says');
  });
});

describe('runs that start by themselves', () => {
  test('when traces fail more often than they used to, though fewer than start a run', async () => {
    const modelId = 'rising';
    await createDriftingModel(modelId, stack.ports);
    const usual = trafficWithFailures(modelId, samples(220, 0, stream('usual')), 9, 'usual');
    await drop(modelId, 'usual.jsonl', dropOf(usual));
    await pause(2_000);
    expect(await executionsOf(modelId)).toEqual([]);
    const worse = trafficWithFailures(modelId, samples(60, 0, stream('worse')), 25, 'worse');
    await drop(modelId, 'worse.jsonl', dropOf(worse));
    const arn = await until('an execution', async () => (await executionsOf(modelId))[0]?.arn);
    expect(await ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('when it is time on the schedule and anything is new', async () => {
    await smallModel('nightly');
    const arn = await until('an execution', async () => (await executionsOf('nightly'))[0]?.arn);
    expect(await ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('destroying the stacks', () => {
  test('leaves the buckets and the table', async () => {
    const { TraceBucketName, ArtifactBucketName, TableName } = stack.outputs;
    await deployed.destroy();
    for (const Bucket of [TraceBucketName, ArtifactBucketName]) {
      expect((await stack.clients.s3.send(new HeadBucketCommand({ Bucket }))).$metadata.httpStatusCode).toBe(200);
    }
    const { Table } = await stack.clients.dynamoDb.send(new DescribeTableCommand({ TableName }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    await expect(
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${name}-take-lease` })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

async function closedRecord(runId: string): Promise<Run> {
  return until(`record of ${runId}`, async () => {
    const run = await stack.ports.lineage.getRun(runId);
    return run?.status === 'failed' ? run : undefined;
  });
}

async function* chunks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
