import { beforeEach, expect, test } from 'vitest';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import { keepClusters } from '../../../shared/operations/kept-clusters.ts';
import type { AuditEntry } from '../../../shared/ports/audit-log.ts';
import { createServingApp } from '../../../shared/serving/app.ts';
import type { CreateNamed } from '../../../shared/serving/console/cluster-routes.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

const cluster = (at: number, label = '') => ({
  cluster: String(at),
  label,
  size: 2,
  words: [`word${at}`],
  inputs: [`text ${at}`, 'x'.repeat(1_000)],
});
const how = { seed: 7, foundation: 'none' };

let ports: MemoryPorts;
let entered: AuditEntry[];
let created: Parameters<CreateNamed>[];
let create: CreateNamed;
beforeEach(async () => {
  ports = memoryPorts();
  entered = [];
  created = [];
  create = async (...given) => void created.push(given);
  await keepClusters('m', [cluster(1), cluster(2, 'proposed'), cluster(3)], how, ports);
});

async function ask(method: string, path: string, body?: object, createNamed: CreateNamed | null = create) {
  const app = createServingApp({
    ports,
    access: { token: null, hosts: null },
    journal: null,
    audit: { append: async (entry) => void entered.push(entry), refused: () => undefined },
    console: {
      files: null,
      machine: { StartAt: 'a', States: {} },
      startRun: null,
      ...(createNamed === null ? {} : { createNamed }),
    },
    onFault: () => undefined,
  });
  const headers = { 'content-type': 'application/json' };
  const response = await app.fetch(
    new Request(`http://server/v1/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function of(): Promise<string> {
  return String((await ask('GET', 'models/m/clusters')).body.of);
}

async function name(at: number, label: string) {
  return ask('POST', 'models/m/clusters', { of: await of(), cluster: String(at), label });
}

test('clusters are shown by the beginnings of their texts, with what is proposed and what people said', async () => {
  expect(await name(1, ' refund ')).toEqual({ status: 200, body: { cluster: '1', label: 'refund' } });
  expect((await name(3, '')).status).toBe(200);
  const { body } = await ask('GET', 'models/m/clusters');
  expect(body).toMatchObject({
    model: 'm',
    canCreate: true,
    clusters: [
      { cluster: '1', label: 'refund', proposed: '', texts: ['text 1', 'x'.repeat(400)] },
      { cluster: '2', label: null, proposed: 'proposed' },
      { cluster: '3', label: '' },
    ],
  });
  expect((await ask('GET', 'clusters')).body).toEqual({ models: [{ model: 'm', clusters: 3, looked: 2 }] });
  expect(entered.map(({ action, model }) => [action, model])).toEqual([
    ['name', 'm'],
    ['name', 'm'],
  ]);
});

test.each([
  ['a character that does not show', { label: 'a\u202eb' }],
  ['a label that is too long', { label: 'x'.repeat(101) }],
  ['a cluster that is not there', { cluster: '4' }],
  ['a cluster that is a path', { cluster: '../../x' }],
  ['clusters of before', { of: 'another' }],
])('refuses %s', async (_what, more) => {
  const said = { of: await of(), cluster: '1', label: 'a', ...more };
  expect((await ask('POST', 'models/m/clusters', said)).status).toBe(400);
  expect(await ports.objects.list('cold-start/m/labels/')).toEqual([]);
});

test('the model is created of what people named, and of no proposal', async () => {
  const at = await of();
  expect((await ask('POST', 'models/m/creation', { of: at })).status).toBe(400);
  await name(1, 'refund');
  await name(3, 'refund');
  expect((await ask('POST', 'models/m/creation', { of: at })).body).toMatchObject({
    detail: 'A model needs two labels at least.',
  });
  await name(3, 'delivery');
  expect((await ask('POST', 'models/m/creation', { of: 'another' })).status).toBe(400);
  expect((await ask('POST', 'models/m/creation', { of: at }, null)).status).toBe(400);
  expect(created).toEqual([]);
  expect(await ask('POST', 'models/m/creation', { of: at })).toEqual({ status: 201, body: { model: 'm' } });
  const [[model, lines, given] = []] = created;
  expect([model, given]).toEqual(['m', how]);
  const labels = String(lines)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(labels).toEqual([cluster(1, 'refund'), cluster(2), cluster(3, 'delivery')]);
  expect(entered.at(-1)).toMatchObject({ action: 'create', model: 'm', count: 2 });
});

test('what hinders the creation is told, and nothing is entered of it', async () => {
  await name(1, 'a');
  await name(2, 'b');
  const fails: CreateNamed = async () => {
    throw new RatchetError('InvalidInput', 'The disk is full.');
  };
  const { status, body } = await ask('POST', 'models/m/creation', { of: await of() }, fails);
  expect([status, body.detail]).toEqual([400, 'The disk is full.']);
  expect(entered.map(({ action }) => action)).toEqual(['name', 'name']);
});

test('of a model without clusters there is nothing, and none are kept of one that has a champion', async () => {
  expect((await ask('GET', 'models/other/clusters')).status).toBe(404);
  expect((await ask('POST', 'models/other/creation', { of: 'x' })).status).toBe(404);
  ports.lineage.getControl = async () => ({ championId: 'c' }) as never;
  expect(await keepClusters('m', [cluster(1)], how, ports)).toBe(false);
});
