import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import { judgedTraces, samples } from '../../helpers/made-up-traffic.ts';
import { writeTinyEncoder } from '../../helpers/tiny-encoder.ts';
import { ratchetInProcess } from './in-process.ts';

let root: string;
let hub: Server;
let endpoint: string;
const asked: string[] = [];
const random = new SeededRandom();
const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const first = samples(60, 0, random.stream(1, 'own-foundation'));

/** With a cache of Hugging Face's that is empty. */
const ratchet = (args: readonly string[], stdin = '', env: Record<string, string> = {}) =>
  ratchetInProcess(['--workspace', join(root, 'ws'), ...args], stdin, { HF_HOME: join(root, 'none'), ...env });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-own-'));
  await writeTinyEncoder(join(root, 'published'));
  await writeFile(join(root, 'examples.jsonl'), lines(first));
  hub = createServer(async (request, response) => {
    const file = (request.url ?? '').replace('/tiny/words/resolve/v1/', '');
    asked.push(file);
    const body = await readFile(join(root, 'published', file)).catch(() => null);
    if (body === null) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
});
afterAll(async () => {
  hub.close();
  await rm(root, { recursive: true, force: true });
});

describe('a foundation of the hub', { timeout: 240_000 }, () => {
  const create = (name: string, foundation: string, env: Record<string, string>) =>
    ratchet(
      [
        'create',
        name,
        '--examples',
        join(root, 'examples.jsonl'),
        '--foundation',
        foundation,
        '--max-iterations',
        '1',
        '--no-evaluate',
      ],
      '',
      env,
    );

  test('is not looked for in the network where that is forbidden, and the error says what to do', async () => {
    const ended = await create('desk', 'hf:tiny/words@v1', { HF_ENDPOINT: endpoint, HF_HUB_OFFLINE: '1' });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^FoundationMissing: .*HF_HUB_OFFLINE.*\nName a folder that holds it/m);
    expect(asked).toEqual([]);
    const away = await create('desk', 'hf:tiny/words@v1', { HF_ENDPOINT: 'http://127.0.0.1:9' });
    expect(away.stderr).toMatch(/the hub cannot be reached/);
    const absent = await create('desk', 'hf:tiny/nothing', { HF_ENDPOINT: endpoint });
    expect(absent.stderr).toMatch(/it has no config\.json, or is not there/);
  });

  test('is fetched once, and the whole loop works on it without a network', async () => {
    const created = await create('desk', 'hf:tiny/words@v1', { HF_ENDPOINT: endpoint });
    expect(created).toMatchObject({ code: 0 });
    expect(asked).toContain('onnx/model.onnx');
    const offline = { HF_ENDPOINT: 'http://127.0.0.1:9', HF_HUB_OFFLINE: '1' };

    const before = await ratchet(['predict', 'desk'], lines(first.slice(0, 5)), offline);
    const outputs = before.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).output);
    expect(outputs).toEqual(first.slice(0, 5).map(({ output }) => output));

    const traffic = samples(240, 0.6, random.stream(2, 'own-foundation'));
    await writeFile(join(root, 'traces.jsonl'), lines(judgedTraces('desk', traffic, [])));
    expect(await ratchet(['ingest', 'desk', join(root, 'traces.jsonl')], '', offline)).toMatchObject({ code: 0 });
    const ran = await ratchet(['run', 'desk', '--json'], '', offline);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ decision: 'promoted' });
    const lineage = await ratchet(['lineage', 'desk', '--json'], '', offline);
    expect(lineage.stdout).toMatch(/"foundation":\s*"hf:tiny\/words@v1"/);

    const exported = await ratchet(['export', 'desk', '--to', join(root, 'exported')], '', offline);
    expect(exported).toMatchObject({ code: 2 });
    expect(exported.stderr).toMatch(/cannot be exported/);

    const [kept = ''] = ['ws/cache/foundations/tiny/words/v1/onnx/model.onnx'].map((path) => join(root, path));
    await appendFile(kept, ' ');
    const changed = await ratchet(['predict', 'desk'], lines([{ input: 'a text never seen before' }]), offline);
    expect(changed).toMatchObject({ code: 1, stdout: '' });
    expect(changed.stderr).toMatch(/has changed since the model was made/);
  });
});
