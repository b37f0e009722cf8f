import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settledLines } from '../../cli/serving/settled-lines.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { S3Journal } from '../../shared/adapters/aws/s3-journal.ts';
import { FileJournal } from '../../shared/adapters/local/file-journal.ts';
import { storageFailure } from '../../shared/adapters/local/storage-failure.ts';
import { changeSettings } from '../../shared/operations/change-settings.ts';
import type { TraceJournal } from '../../shared/ports/trace-journal.ts';
import { createServingApp } from '../../shared/serving/app.ts';
import {
  feedbackResponseSchema,
  modelListSchema,
  predictionResponseSchema,
  problemSchema,
} from '../../shared/serving/messages.ts';
import { ServedModels } from '../../shared/serving/served-models.ts';
import { settleJournal } from '../../shared/serving/settle-journal.ts';
import { FixedClock } from '../helpers/fixed-clock.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { createSupportModel, makeWorkspace, modelId } from '../helpers/test-workspace.ts';

let workspace: Workspace & { dispose(): Promise<void> };
let directory: string;
let journal: TraceJournal;
const faults: unknown[] = [];

beforeAll(async () => {
  workspace = await makeWorkspace();
  await createSupportModel(workspace);
  directory = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
});
afterAll(async () => {
  await workspace.dispose();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  const folder = join(directory, String(Math.random()));
  await mkdir(folder);
  journal = new FileJournal({
    directory: folder,
    owner: 'test',
    stateOf: async () => 'unknown',
    now: () => Date.now(),
  });
  faults.length = 0;
});
afterEach(async () => {
  await journal.close();
});

function appOf(kept: TraceJournal | null = journal) {
  return createServingApp({
    ports: workspace.ports,
    access: { token: null, hosts: null },
    journal: kept,
    onFault: (error) => faults.push(error),
  });
}

async function post(path: string, body: unknown, app = appOf()) {
  const response = await app.fetch(
    new Request(`http://localhost${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

const predictions = `/v1/models/${modelId}/predictions`;
const feedback = `/v1/models/${modelId}/feedback`;
const human = { kind: 'human', id: 'ana' };

async function logged(traceIds: readonly unknown[]) {
  return workspace.ports.traceLog.read(modelId, { limit: 10, traceIds: traceIds.map(String) });
}

describe('a model that is served', () => {
  it('answers one input as the champion does, and keeps the trace', async () => {
    const input = 'where is my parcel';
    const { status, body } = await post(predictions, { input, metadata: { channel: 'mail' } });
    expect(status).toBe(200);
    expect(predictionResponseSchema.safeParse(body).success).toBe(true);
    await settleJournal(journal, workspace.ports);
    const [kept] = await logged([body.traceId]);
    expect(kept?.trace).toMatchObject({
      input,
      output: body.output,
      checkpointId: body.checkpoint,
      metadata: { channel: 'mail' },
    });
    expect(faults).toEqual([]);
  });

  it('answers several in their order, with alternatives, and abstains where it is unsure', async () => {
    const inputs = ['where is my parcel', '', 'I want my money back'];
    const { body } = await post(predictions, { inputs, topK: 2, abstainBelow: 1 });
    expect(predictionResponseSchema.safeParse(body).success).toBe(true);
    const told = body.predictions as {
      output: unknown;
      wouldBe: unknown;
      abstained: boolean;
      traceId: string | null;
    }[];
    expect(told).toHaveLength(3);
    expect(told[0]).toMatchObject({ output: null, abstained: true });
    expect(told[0]?.wouldBe).toBeTypeOf('string');
    // An input without text is no traffic.
    expect(told[1]).toMatchObject({ output: null, traceId: null, abstained: false });
    await settleJournal(journal, workspace.ports);
    const kept = await logged(told.flatMap(({ traceId }) => traceId ?? []));
    // What is on record is the model's own answer.
    expect(kept.map(({ trace }) => trace.output).toSorted()).toEqual([told[0]?.wouldBe, told[2]?.wouldBe].toSorted());
  });

  it('is seen and used by those alone whom the front door lets to it', async () => {
    const knows = (modelIds: readonly string[]) =>
      createServingApp({
        ports: workspace.ports,
        access: { token: null, hosts: null, caller: () => ({ name: 'ana', mayUse: (id) => modelIds.includes(id) }) },
        journal,
        onFault: (error) => faults.push(error),
      });
    const listed = async (app: ReturnType<typeof knows>) =>
      modelListSchema.parse(await (await app.fetch(new Request('http://localhost/v1/models'))).json()).models;
    expect((await listed(knows([modelId]))).map(({ model }) => model)).toEqual([modelId]);
    expect(await listed(knows(['another']))).toEqual([]);
    expect((await post(predictions, { input: 'where is my parcel' }, knows([modelId]))).status).toBe(200);
    for (const [path, body] of [
      [predictions, { input: 'where is my parcel' }],
      [feedback, { traceId: 't', verdict: 'pass', judge: human }],
    ] as const)
      expect((await post(path, body, knows(['another']))).status).toBe(403);
  });

  it('keeps nothing where that is asked', async () => {
    const { body } = await post(predictions, { input: 'where is my parcel', record: false });
    expect(body.traceId).toBeNull();
    expect((await post(predictions, { input: 'where is my parcel' }, appOf(null))).body.traceId).toBeNull();
    expect(await journal.close()).toEqual([]);
  });

  it('takes what people say of its answers', async () => {
    const { body } = await post(predictions, { input: 'where is my parcel' });
    const given = await post(feedback, { traceId: body.traceId, expected: 'refund', judge: human });
    expect(given.status).toBe(202);
    expect(feedbackResponseSchema.parse(given.body)).toEqual({ accepted: 1 });
    await settleJournal(journal, workspace.ports);
    const [kept] = await logged([body.traceId]);
    expect(kept?.judgements).toMatchObject([{ expected: 'refund', judge: { kind: 'human', id: 'ana' } }]);
  });

  it('counts what was judged of an answer before it came into the log, by way of another server', async () => {
    const { body } = await post(predictions, { input: 'where is my other parcel' });
    const other = new FileJournal({
      directory: await mkdtemp(join(directory, 'other-')),
      owner: 'other',
      stateOf: async () => 'unknown',
      now: () => Date.now(),
    });
    await post(feedback, { traceId: body.traceId, verdict: 'fail', judge: human }, appOf(other));
    const after = (await workspace.ports.traceLog.history(modelId)).at(-1)?.position ?? 0;
    expect(await settleJournal(other, workspace.ports)).toMatchObject([{ traces: 0, judgements: 1, parked: 1 }]);
    expect(await settleJournal(journal, workspace.ports)).toMatchObject([{ traces: 1, judgements: 0, parked: 0 }]);
    const came = await workspace.ports.traceLog.history(modelId, { after });
    expect(came).toMatchObject([
      { traces: 0, judged: 0, failed: 0 },
      { traces: 1, judged: 1, failed: 1 },
    ]);
  });

  it('tells what became of judgements that do not count yet', async () => {
    const { body } = await post(predictions, { input: 'where is my third parcel' });
    await post(feedback, {
      feedback: [
        { traceId: body.traceId, expected: 'complaint', judge: human },
        { traceId: 'nobody-knows', verdict: 'fail', judge: human },
      ],
    });
    const settled = await settleJournal(journal, workspace.ports);
    expect(settled).toMatchObject([{ modelId, traces: 1, judgements: 2, parked: 1, held: 1, refused: 0 }]);
    expect(settled.flatMap(settledLines)).toEqual([
      expect.stringMatching(/^Feedback for support: 1 judgement of traces not here yet/),
      expect.stringMatching(/^Feedback for support: 1 judgement held, .*ratchet labels support add LABEL/),
    ]);
  });

  it('moves the journal once, though a move is broken off and done again', async () => {
    const { body } = await post(predictions, { input: 'where is my parcel' });
    await post(feedback, { feedback: [{ traceId: body.traceId, verdict: 'pass', judge: human }] });
    const stubborn: TraceJournal = {
      append: (entries) => journal.append(entries),
      close: async () =>
        (await journal.close()).map((part) => ({
          ...part,
          read: () => part.read(),
          remove: async () => {
            throw new Error('broken off');
          },
        })),
    };
    await expect(settleJournal(stubborn, workspace.ports)).rejects.toThrow('broken off');
    await settleJournal(journal, workspace.ports);
    const kept = await logged([body.traceId]);
    expect(kept).toHaveLength(1);
    expect(kept[0]?.judgements).toHaveLength(1);
    expect(await journal.close()).toEqual([]);
  });

  it('has each trace once, however many move a journal that is everybody’s at the same time', async () => {
    const objects = new MemoryObjectStore();
    const shared = new S3Journal({ objects, now: () => Date.now() });
    const app = appOf(shared);
    const answered: unknown[] = [];
    for (const at of [1, 2, 3, 4]) {
      const { body } = await post(predictions, { input: `where is my shared parcel ${at}` }, app);
      await post(feedback, { traceId: body.traceId, verdict: 'fail', judge: human }, app);
      answered.push(body.traceId);
    }
    const after = (await workspace.ports.traceLog.history(modelId)).at(-1)?.position ?? 0;
    // Each sees other objects of the journal: some were moved, and not removed yet, when it looked.
    const part = (from: number): TraceJournal => ({
      append: (entries) => shared.append(entries),
      async close() {
        const entries = (await Promise.all((await shared.close()).map((one) => one.read()))).flat().slice(from);
        return [{ name: `from-${from}`, read: async () => entries, remove: async () => undefined }];
      },
    });
    await Promise.all([0, 2, 4].map((from) => settleJournal(part(from), workspace.ports)));
    await settleJournal(shared, workspace.ports);
    expect((await logged(answered)).map(({ judgements }) => judgements.length)).toEqual([1, 1, 1, 1]);
    const came = await workspace.ports.traceLog.history(modelId, { after });
    const sum = (of: 'traces' | 'judgements') => came.reduce((total, batch) => total + batch[of], 0);
    expect([sum('traces'), sum('judgements')]).toEqual([4, 4]);
    expect(await shared.close()).toEqual([]);
  });

  it('stores nothing that is to be redacted', async () => {
    const redact = { set: { redact: ['email'] }, unset: [], by: 'test' };
    await changeSettings({ modelId, ...redact }, workspace.ports);
    const app = appOf();
    const { body } = await post(predictions, { input: 'write to jo@example.org about my parcel' }, app);
    const [part] = await journal.close();
    const entries = JSON.stringify(await part?.read());
    expect(body.traceId).toBeTypeOf('string');
    expect(entries).not.toContain('jo@example.org');
  });

  it.each([
    ['no JSON', '{"input": ', 400, 'not JSON'],
    ['no input', { text: 'x' }, 400, '"input": is missing'],
    ['too many inputs', { inputs: Array(1_001).fill('x') }, 400, '"inputs": is too large: at most 1000'],
    ['a list', [1], 400, 'not a JSON object'],
    ['a field of another name', { input: 'x', topk: 3 }, 400, 'topk'],
  ])('refuses %s, and says what is amiss', async (_name, body, status, detail) => {
    const refused = await post(predictions, body);
    expect(refused.status).toBe(status);
    expect(problemSchema.parse(refused.body).detail).toContain(detail);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each([
    ['neither verdict nor right output', { traceId: 't', judge: human }, 'verdict'],
    ['no judge', { traceId: 't', verdict: 'pass' }, '"judge": is missing'],
    ['an output of another form', { traceId: 't', expected: 7, judge: human }, 'feedback 1'],
  ])('refuses feedback with %s', async (_name, body, detail) => {
    const refused = await post(feedback, body);
    expect(refused.status).toBe(400);
    expect(problemSchema.parse(refused.body).detail).toContain(detail);
    expect(await journal.close()).toEqual([]);
  });

  it('says that there is no such model, with those there are', async () => {
    const refused = await post('/v1/models/suport/predictions', { input: 'x' });
    expect(refused.status).toBe(404);
    expect(problemSchema.parse(refused.body).mend).toContain(modelId);
  });

  it('gives no trace id where the trace cannot be kept, and tells the fault without the text', async () => {
    const broken: TraceJournal = {
      append: async () => {
        throw new Error('secret text');
      },
      close: async () => [],
    };
    const refused = await post(predictions, { input: 'where is my parcel' }, appOf(broken));
    expect(refused.status).toBe(500);
    expect(JSON.stringify(refused.body)).not.toContain('secret text');
    expect(faults).toHaveLength(1);
  });

  it('tells who asks nothing of the paths and the disk of the server', async () => {
    const full: TraceJournal = {
      append: async () => {
        throw storageFailure('write to', '/home/ana/journal', Object.assign(new Error(), { code: 'ENOSPC' }));
      },
      close: async () => [],
    };
    const refused = await post(predictions, { input: 'where is my parcel' }, appOf(full));
    expect(refused.status).toBe(503);
    expect(problemSchema.parse(refused.body)).toMatchObject({
      title: 'StorageFailure',
      mend: 'Send it again in a while.',
    });
    expect(JSON.stringify(refused.body)).not.toMatch(/ana|ENOSPC|disk/u);
    expect(faults).toMatchObject([{ message: 'Cannot write to /home/ana/journal: ENOSPC.' }]);
  });

  it('takes a thousand inputs of 8 kB, and no more than 8 MiB', async () => {
    const inputs = Array.from({ length: 1_000 }, () => 'where is '.repeat(889).slice(0, 8_000));
    const taken = await post(predictions, { inputs, record: false });
    expect(predictionResponseSchema.parse(taken.body)).toHaveProperty('predictions.999');
    const refused = await post(predictions, { input: 'x'.repeat(8 * 2 ** 20) });
    expect(refused.status).toBe(413);
  });

  it('is looked at anew by whoever asks first after a while, and answers as it is now', async () => {
    const clock = new FixedClock();
    const models = new ServedModels({ ...workspace.ports, clock });
    const before = await models.get(modelId);
    await changeSettings({ modelId, set: { targetScore: 0.97 }, unset: [], by: 'test' }, workspace.ports);
    expect((await models.get(modelId)).model.revision).toBe(before.model.revision);
    clock.advance(60_000);
    expect((await models.get(modelId)).model.revision).toBe(before.model.revision + 1);
  });

  it('lists models, tells its health, and describes itself in terms of its own schemas', async () => {
    const app = appOf();
    const get = async (path: string) => (await app.fetch(new Request(`http://localhost${path}`))).json();
    expect(modelListSchema.parse(await get('/v1/models')).models).toMatchObject([{ model: modelId }]);
    expect(await get('/healthz')).toEqual({ status: 'ok', waiting: 0 });
    app.stop();
    expect(await get('/healthz')).toEqual({ status: 'stopping', waiting: 0 });
    const described = JSON.stringify(await get('/openapi.json'));
    const names = [...described.matchAll(/"#\/components\/schemas\/(\w+)"/gu)].map(([, name]) => name);
    const { components } = JSON.parse(described) as { components: { schemas: Record<string, unknown> } };
    expect(new Set(names)).toEqual(new Set(Object.keys(components.schemas)));
  });
});
