import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServingApp } from '../../shared/serving/app.ts';
import type { Access } from '../../shared/serving/guard.ts';
import { openApi } from '../../shared/serving/openapi.ts';
import { type MemoryPorts, memoryPorts } from '../helpers/memory-ports.ts';

const token = 'a-long-token-nobody-knows';
let ports: MemoryPorts;
const faults: unknown[] = [];
beforeAll(() => {
  ports = memoryPorts();
});
afterAll(() => expect(faults).toEqual([]));

function appOf(access: Access) {
  return createServingApp({ ports, access, journal: null, onFault: (error) => faults.push(error) });
}

/** All that can be asked of the review, as the server itself has it. */
const routes = appOf({ token: null, hosts: null })
  .routes.filter(({ method, path }) => method !== 'ALL' && path.includes('/review/'))
  .map(({ method, path }): [string, string] => [method, path.replace(':model', 'support')]);

async function ask(access: Access, [method, path]: readonly [string, string], headers: Record<string, string>) {
  const body = method === 'POST' ? { body: '{}' } : {};
  const json: Record<string, string> = method === 'POST' ? { 'content-type': 'application/json' } : {};
  const request = new Request(`http://localhost${path}`, { method, headers: { ...json, ...headers }, ...body });
  return (await appOf(access).fetch(request)).status;
}

describe.each(routes)('%s %s', (...route) => {
  it('is closed to other hosts, to pages of other sites, and to who has no token', async () => {
    const local: Access = { token: null, hosts: ['localhost'] };
    const guarded: Access = { token, hosts: null };
    expect(await ask(local, route, { host: 'evil.example' })).toBe(421);
    expect(await ask(local, route, { host: 'localhost', origin: 'https://evil.example' })).toBe(403);
    expect(await ask(guarded, route, {})).toBe(401);
    expect(await ask(guarded, route, { authorization: `Bearer ${token}x` })).toBe(401);
    // Who may ask is told what is amiss: there is no such model, or nothing was said.
    expect([400, 404]).toContain(await ask(guarded, route, { authorization: `Bearer ${token}` }));
    if (route[0] === 'POST')
      expect(await ask(local, route, { host: 'localhost', 'content-type': 'text/plain' })).toBe(415);
  });

  it('is described', () => {
    const paths = openApi().paths as Record<string, object>;
    expect(Object.keys(paths[route[1].replace('support', '{model}')] ?? {})).toContain(route[0].toLowerCase());
  });
});

it('has all routes that the review should have', () => {
  expect(routes.map(([method, path]) => `${method} ${path.split('/review/')[1]}`).toSorted()).toEqual([
    'GET actions',
    'GET agreement',
    'GET queue',
    'POST actions',
    'POST claims',
    'POST preview',
    'POST undo',
  ]);
});
