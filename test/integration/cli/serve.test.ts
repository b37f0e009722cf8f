import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openWorkspace } from '../../../cli/workspace.ts';
import { ratchetInProcess } from './in-process.ts';
import { launcherPath, ratchet } from './launcher.ts';

let directory: string;
const servers: ChildProcessWithoutNullStreams[] = [];
const workspace = () => join(directory, 'ws');
const run = (...args: readonly string[]) => ratchetInProcess(['--workspace', workspace(), ...args]);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-serve-'));
  const file = join(directory, 'examples.jsonl');
  const examples = ['win a prize', 'buy pills', 'meeting notes', 'lunch at noon'];
  const lines = examples.map((input, at) => JSON.stringify({ input, output: at < 2 ? 'spam' : 'ham' }));
  await writeFile(file, lines.join('\n'));
  expect(await run('create', 'spam-filter', '--examples', file, '--foundation', 'none')).toMatchObject({ code: 0 });
}, 60_000);
afterEach(() => {
  for (const server of servers.splice(0)) server.kill('SIGKILL');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function serving(...args: readonly string[]) {
  const command = [launcherPath, '--workspace', workspace(), '--json', 'serve', '--port', '0', ...args];
  const child = spawn(process.execPath, command, { stdio: 'pipe' });
  servers.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, url: JSON.parse(String(line)).url as string };
}

async function post(url: string, what: string, body: unknown) {
  const response = await fetch(`${url}/v1/models/spam-filter/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { traceId: string; output: string; checkpoint: string };
}

async function knownAmong(traceIds: readonly string[]): Promise<readonly string[]> {
  const opened = await openWorkspace(workspace(), { observer: { progress: () => undefined, note: () => undefined } });
  try {
    return [...(await opened.ports.traceLog.knownTraces('spam-filter', traceIds)).keys()];
  } finally {
    await opened.close();
  }
}

test('what was answered with a trace id is there, though the server is killed while it answers', async () => {
  const { child, url } = await serving();
  const acknowledged: string[] = [];
  const client = async (): Promise<void> => {
    for (;;) acknowledged.push((await post(url, 'predictions', { input: 'win a meeting' })).traceId);
  };
  const clients = Promise.allSettled(Array.from({ length: 8 }, client));
  while (acknowledged.length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await clients;
  const next = await serving();
  next.child.kill('SIGTERM');
  await once(next.child, 'close');
  expect((await knownAmong(acknowledged)).toSorted()).toEqual(acknowledged.toSorted());
  expect(await readdir(join(workspace(), 'journal'))).toEqual([]);
});

test('what a server has only just acknowledged is erased too, whether it runs or was killed', async () => {
  const { child, url } = await serving();
  const erased: string[] = [];
  for (const end of [() => undefined, () => child.kill('SIGKILL')]) {
    const told = { input: 'win a prize for Jane Roe', metadata: { user: 'jane' } };
    const { traceId } = await post(url, 'predictions', told);
    end();
    const ended = await run('erase', 'spam-filter', '--where', 'metadata.user=jane', '--yes');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Erased: 1 trace') });
    erased.push(traceId);
  }
  expect(await knownAmong(erased)).toEqual([]);
  expect(await readdir(join(workspace(), 'journal'))).toEqual([]);
});

test('a client that goes before it has sent all is no fault of the server', async () => {
  const { child, url } = await serving();
  let said = '';
  child.stderr.on('data', (some) => (said += String(some)));
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const head = [
    'POST /v1/models/spam-filter/predictions HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
  ];
  socket.write(`${[...head, 'Content-Length: 100'].join('\r\n')}\r\n\r\n{`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.destroy();
  await once(socket, 'close');
  await post(url, 'predictions', { input: 'win a prize' });
  child.kill('SIGTERM');
  await once(child, 'close');
  expect(said).not.toContain('fault');
});

test('what is not to be kept needs no journal', async () => {
  const copy = join(directory, 'not-kept');
  await cp(workspace(), copy, { recursive: true });
  await rm(join(copy, 'journal'), { recursive: true, force: true });
  const { child, url } = await serving('--no-record', '--workspace', copy);
  expect(await post(url, 'predictions', { input: 'win a prize' })).toMatchObject({ output: 'spam', traceId: null });
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([143, null]);
  expect(await readdir(copy)).not.toContain('journal');
});

test('what was answered and judged is in the log once SIGTERM has ended the server', async () => {
  const { child, url } = await serving();
  const { traceId } = await post(url, 'predictions', { input: 'lunch with a prize' });
  await post(url, 'feedback', { traceId, expected: 'ham', judge: { kind: 'human', id: 'ana' } });
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  expect(code).toBe(143);
  const { stdout } = await run('explain', 'spam-filter', traceId, '--json');
  expect(JSON.parse(stdout).trace.judgements).toMatchObject([{ expected: 'ham', judge: { id: 'ana' } }]);
});

test('what changes how the champion answers is picked up under a running client', async () => {
  const { url } = await serving();
  const first = (await post(url, 'predictions', { input: 'win a prize' })).checkpoint;
  expect(await run('labels', 'spam-filter', 'rename', 'spam', 'junk')).toMatchObject({ code: 0 });
  const until = Date.now() + 10_000;
  let output = 'spam';
  while (output === 'spam' && Date.now() < until) {
    const answer = await post(url, 'predictions', { input: 'win a prize' });
    expect(answer.checkpoint).toBe(first);
    output = answer.output;
  }
  expect(output).toBe('junk');
  expect(await run('labels', 'spam-filter', 'rename', 'junk', 'spam')).toMatchObject({ code: 0 });
});

test.each([
  ['a shell', 'sh', 'sh'],
  ['Python', 'python', 'python3'],
])('the example of the documentation in %s works', async (_name, language, program) => {
  const page = await readFile(new URL('../../../docs/serving.md', import.meta.url), 'utf8');
  const [, code = ''] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'u').exec(page) ?? [];
  const { url } = await serving();
  const { stdout } = await promisify(execFile)(program, ['-c', code.replaceAll('http://127.0.0.1:7878', url)]);
  expect(stdout).toMatch(/spam/u);
  expect(stdout).toMatch(/accepted['"]: ?[12]/u);
});

test('who has a name does what the name may do, and what was acknowledged is in the audit log though the server is killed', async () => {
  const file = join(directory, 'tokens.json');
  const sha256 = createHash('sha256').update('secret-of-ana').digest('hex');
  const tokens = [{ name: 'ana', sha256, models: ['spam-filter'], rights: ['feedback'] }];
  await writeFile(file, JSON.stringify({ tokens }), { mode: 0o600 });
  const own = { RATCHET_TOKEN: 'a-token-of-many-characters', RATCHET_TOKENS: file };
  const command = [launcherPath, '--workspace', workspace(), '--json', 'serve', '--port', '0'];
  const child = spawn(process.execPath, command, { stdio: 'pipe', env: { ...process.env, ...own } });
  servers.push(child);
  const [line] = await once(child.stdout, 'data');
  const url = `${JSON.parse(String(line)).url}/v1/models/spam-filter`;
  const ask = async (token: string, what: string, body: unknown) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return (await fetch(`${url}/${what}`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  };
  const judged = (id: string) => ({ traceId: 'trace-x', expected: 'ham', judge: { kind: 'human', id } });
  expect(await ask('secret-of-ana', 'predictions', { input: 'win a prize' })).toBe(403);
  expect(await ask('secret-of-ana', 'feedback', judged('ben'))).toBe(403);
  expect(await ask(own.RATCHET_TOKEN, 'predictions', { input: 'win a prize' })).toBe(200);
  expect(await ask(own.RATCHET_TOKEN, 'feedback', judged('ben'))).toBe(202);
  expect(await ask('secret-of-ana', 'feedback', judged('ana'))).toBe(202);
  child.kill('SIGKILL');
  await once(child, 'close');
  const folder = join(workspace(), 'audit');
  const day = (await readdir(folder)).toSorted().at(-1) ?? '';
  const lines = (await readFile(join(folder, day), 'utf8')).trimEnd().split('\n');
  const same = { at: expect.any(String), action: 'feedback', model: 'spam-filter', count: 1, id: null };
  expect(lines.slice(-2).map((line) => JSON.parse(line))).toEqual([
    { ...same, caller: 'RATCHET_TOKEN', signed: ['human/ben'] },
    { ...same, caller: 'ana', signed: ['human/ana'] },
  ]);
  const { stdout } = await run('doctor', '--json');
  expect(JSON.parse(stdout).checks.filter(({ status }: { status: string }) => status === 'problem')).toEqual([]);
});

test('others are let in with a token alone', async () => {
  const refused = await ratchet(directory, ['--workspace', 'ws', 'serve', '--host', '0.0.0.0', '--port', '0']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('RATCHET_TOKEN=');
});

test('a port that is taken is said to be', async () => {
  const { url } = await serving();
  const refused = await ratchet(directory, ['--workspace', 'ws', 'serve', '--port', new URL(url).port]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('EADDRINUSE');
});
