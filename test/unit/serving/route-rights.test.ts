import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { readMachineFile } from '../../../cli/runtime/machine-file.ts';
import { createServingApp } from '../../../shared/serving/app.ts';
import { namedCallers, namedTokensSchema } from '../../../shared/serving/named-callers.ts';
import { type Right, rights } from '../../../shared/serving/rights.ts';
import { sampleModel } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

const machine: unknown = JSON.parse(await readMachineFile());
const ownToken = 'the-token-with-all-rights';
const tokenOf = (right: Right, model: string) => `${right}-of-${model}`;
const hash = (token: string) => createHash('sha256').update(token).digest('hex');

const one = (right: Right, models: '*' | readonly string[]) => ({
  name: right,
  sha256: hash(tokenOf(right, String(models))),
  models,
  rights: [right],
});
const file = namedTokensSchema.parse({
  tokens: rights.flatMap((right) => [one(right, ['m1']), one(right, ['m2']), one(right, '*')]),
});

let ports: MemoryPorts;
beforeEach(async () => {
  ports = memoryPorts({ answer: () => 'spam' });
  await ports.lineage.createModel(sampleModel());
  await ports.lineage.createModel(sampleModel({ modelId: 'm2' }));
});

function appOf(ports: MemoryPorts) {
  return createServingApp({
    ports,
    access: { token: null, hosts: null, caller: namedCallers(file, ownToken) },
    journal: null,
    console: { files: null, machine, startRun: async () => null },
    onFault: () => undefined,
  });
}

async function ask(method: string, path: string, token: string | null) {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  const body = method === 'POST' ? { body: '{}' } : {};
  return appOf(ports).fetch(new Request(`http://server${path}`, { method, headers, ...body }));
}

/** What each route needs, written down by hand: a route that is added has to be added here. */
const needed: Readonly<Record<string, Right | 'known'>> = {
  'GET /openapi.json': 'known',
  'GET /v1/models': 'known',
  'GET /v1/caller': 'known',
  'GET /v1/overview': 'read',
  'GET /v1/loop': 'read',
  'GET /v1/clusters': 'read',
  'GET /v1/models/:model/clusters': 'review',
  'POST /v1/models/:model/clusters': 'review',
  'POST /v1/models/:model/creation': 'run',
  'POST /v1/models/:model/predictions': 'predict',
  'POST /v1/models/:model/feedback': 'feedback',
  'GET /v1/models/:model/review/queue': 'review',
  'POST /v1/models/:model/review/claims': 'review',
  'POST /v1/models/:model/review/preview': 'review',
  'POST /v1/models/:model/review/actions': 'review',
  'GET /v1/models/:model/review/actions': 'review',
  'POST /v1/models/:model/review/undo': 'review',
  'GET /v1/models/:model/review/agreement': 'review',
  'GET /v1/models/:model/calibration': 'read',
  'GET /v1/models/:model/overview': 'read',
  'GET /v1/models/:model/since': 'read',
  'GET /v1/models/:model/drift': 'read',
  'GET /v1/models/:model/runs': 'read',
  'POST /v1/models/:model/runs': 'run',
  'GET /v1/models/:model/runs/:run': 'read',
  'GET /v1/models/:model/runs/:run/progress': 'read',
  'GET /v1/models/:model/runs/:run/transcripts': 'read',
  'GET /v1/models/:model/runs/:run/transcripts/:agent': 'read',
  'GET /v1/models/:model/failures': 'read',
  'GET /v1/models/:model/datasets': 'read',
  'GET /v1/models/:model/datasets/:dataset/examples': 'read',
  'GET /v1/models/:model/lineage': 'read',
  'GET /v1/models/:model/costs': 'read',
};
const open = ['GET /healthz', 'GET /', 'GET /favicon.svg', 'GET /assets/:name'];

test('each route there is needs what is written here', () => {
  const there = appOf(memoryPorts()).routes.filter(({ method }) => method !== 'ALL');
  const names = there.map(({ method, path }) => `${method} ${path}`);
  expect(names.toSorted()).toEqual([...Object.keys(needed), ...open].toSorted());
});

describe.each(Object.entries(needed))('%s', (route, need) => {
  const [method = '', written = ''] = route.split(' ');
  const path = written.replace(':model', 'm1').replace(/:\w+/gu, 'x');

  test.each(rights)(`needs the right to ${need}: %s`, async (right) => {
    const { status } = await ask(method, path, tokenOf(right, 'm1'));
    if (need === 'known' || need === right) expect([401, 403]).not.toContain(status);
    else expect(status).toBe(403);
    expect((await ask(method, path, tokenOf(right, '*'))).status).toBe(status);
  });

  test('is closed to strangers and open to who has all rights', async () => {
    expect((await ask(method, path, null)).status).toBe(401);
    expect((await ask(method, path, 'predict-of-m')).status).toBe(401);
    expect([401, 403]).not.toContain((await ask(method, path, ownToken)).status);
  });
});

const ofOneModel = Object.keys(needed).filter((route) => route.includes(':model'));
test.each(ofOneModel)('%s is closed to who has the right for another model', async (route) => {
  const [method = '', written = ''] = route.split(' ');
  const path = written.replace(':model', 'm1').replace(/:\w+/gu, 'x');
  for (const right of rights) expect((await ask(method, path, tokenOf(right, 'm2'))).status).toBe(403);
});

test('what is written in another way needs the same', async () => {
  const paths = ['/v1/models/m1/%72uns', '/v1/models/m%31/runs', '/v1/models/m1/runs/', '/v1/models/m1//runs'];
  for (const path of paths) expect((await ask('POST', path, tokenOf('predict', 'm1'))).status).toBe(403);
  expect((await ask('HEAD', '/v1/models/m1/runs', tokenOf('read', 'm1'))).status).toBe(200);
  expect((await ask('HEAD', '/v1/models/m1/runs', tokenOf('run', 'm1'))).status).toBe(403);
});

test.each(['/v1/models', '/v1/overview'])('%s lists the models that are the caller’s', async (path) => {
  const listed = async (token: string) => {
    const { models } = (await (await ask('GET', path, token)).json()) as { models: { model: string }[] };
    return models.map(({ model }) => model);
  };
  expect(await listed(tokenOf('read', 'm1'))).toEqual(['m1']);
  expect(await listed(tokenOf('read', 'm2'))).toEqual(['m2']);
  expect(await listed(tokenOf('read', '*'))).toEqual(['m1', 'm2']);
  expect(await listed(ownToken)).toEqual(['m1', 'm2']);
});

test.each([
  ['an own token', ownToken, true],
  ['the right to read alone', tokenOf('read', 'm1'), false],
])('with %s it is told whether who asks can start a run', async (_, token, canRun) => {
  const response = await ask('GET', '/v1/models/m1/overview', token);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ canRun });
});
