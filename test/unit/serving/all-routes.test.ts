import { beforeEach, describe, expect, test } from 'vitest';
import { readMachineFile } from '../../../cli/runtime/machine-file.ts';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { createServingApp } from '../../../shared/serving/app.ts';
import { openApi } from '../../../shared/serving/openapi.ts';
import { sampleCheckpoint, sampleModel } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

const token = 'a-token-of-many-characters';
let ports: MemoryPorts;

beforeEach(async () => {
  ports = memoryPorts({ answer: () => 'spam' });
  await ports.lineage.createModel(sampleModel());
  const served = { predictor: [...ports.predictors.keys()][0] ?? '', ref: 'new', digest: null };
  await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'new', served }));
  const move = { at: '2026-01-01T00:00:00Z', to: 'new', kind: 'create' as const, by: 'ana', reason: 'x' };
  await updateControl('m1', ports, (control) => moveChampion(control, move));
});

const console = { files: null, machine: JSON.parse(await readMachineFile()) as unknown, startRun: null };
const appOf = () =>
  createServingApp({ ports, access: { token, hosts: ['server'] }, journal: null, console, onFault: () => undefined });

/** Every route there is, so that one that is added is looked at too. */
const routes = createServingApp({
  ports: memoryPorts(),
  access: { token, hosts: null },
  journal: null,
  console,
  onFault: () => undefined,
}).routes.filter(({ method }) => method !== 'ALL');
const named = routes.map(({ method, path }) => ({ method, path: path.replace(/:\w+/gu, 'm1') }));
/** What holds no data. */
const open = ['/healthz', '/', '/favicon.svg', '/assets/m1'];
const guarded = named.filter(({ path }) => !open.includes(path));
const writing = guarded.filter(({ method }) => !['GET', 'HEAD'].includes(method));

const honest = { host: 'server', authorization: `Bearer ${token}`, 'content-type': 'application/json' };

async function statusOf(
  { method, path }: { method: string; path: string },
  headers: Record<string, string>,
  body = '{}',
) {
  const request = new Request(`http://server${path}`, { method, headers, ...(method === 'GET' ? {} : { body }) });
  return (await appOf().fetch(request)).status;
}

test('there are routes to look at, some of which write', () => {
  expect(guarded.length).toBeGreaterThan(3);
  expect(writing.length).toBeGreaterThan(1);
});

describe.each(named)('$method $path', (route) => {
  test('answers nobody who calls the server by another name', async () => {
    expect(await statusOf(route, { ...honest, host: 'rebound.example' })).toBe(421);
  });

  test('answers no page of another site', async () => {
    expect(await statusOf(route, { ...honest, origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(route, { ...honest, origin: 'null' })).toBe(403);
  });
});

describe.each(guarded)('$method $path', (route) => {
  test('answers nobody without the token', async () => {
    const { authorization: _token, ...without } = honest;
    expect(await statusOf(route, without)).toBe(401);
    expect(await statusOf(route, { ...honest, authorization: `Bearer ${token}x` })).toBe(401);
    expect(await statusOf(route, honest)).not.toBe(401);
  });
});

describe.each(writing)('$method $path', (route) => {
  test('takes nothing that a form of another page could send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect(await statusOf(route, { ...honest, 'content-type': type })).toBe(415);
  });

  test('takes no body beyond 8 MiB', async () => {
    expect(await statusOf(route, honest, ' '.repeat(8 * 2 ** 20 + 1))).toBe(413);
  });
});

test('every route stands in the description', () => {
  const described = Object.entries(openApi().paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/gu, 'm1')}`),
  );
  const there = guarded.map(({ method, path }) => `${method} ${path}`).filter((one) => one !== 'GET /openapi.json');
  expect(described.filter((one) => one !== 'GET /healthz').sort()).toEqual(there.sort());
});
