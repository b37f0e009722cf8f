import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ratchetInProcess } from './in-process.ts';
import { launcherPath } from './launcher.ts';

let directory: string;
const workspace = () => join(directory, 'ws');
const run = (...args: readonly string[]) => ratchetInProcess(['--workspace', workspace(), ...args]);

async function file(name: string, lines: readonly object[]): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-review-'));
  const texts = ['win a prize', 'buy pills', 'meeting notes', 'lunch at noon'];
  const examples = await file(
    'examples.jsonl',
    texts.map((input, at) => ({ input, output: at < 2 ? 'spam' : 'ham' })),
  );
  expect(await run('create', 'mail', '--examples', examples, '--foundation', 'none')).toMatchObject({ code: 0 });
  const trace = { timestamp: '2026-03-01T09:30:00Z', output: 'spam' };
  const traces = await file('traces.jsonl', [
    { ...trace, traceId: 'plain', input: 'lunch with the team', confidence: 0.7 },
    {
      ...trace,
      traceId: 'one',
      input: 'the notes \u001b[31m of today',
      confidence: 0.95,
      expected: 'ham',
      judge: { kind: 'llm', id: 'j' },
    },
    {
      ...trace,
      traceId: 'twin',
      input: 'notes of the \u001b[31m today',
      confidence: 0.95,
      expected: 'ham',
      judge: { kind: 'llm', id: 'j' },
    },
  ]);
  expect(await run('ingest', 'mail', traces)).toMatchObject({ code: 0 });
}, 60_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

test('review --list shows what matters most first, and no control character of a trace', async () => {
  const { code, stdout, stderr } = await run('review', '--list');
  expect(code).toBe(0);
  const [first, text, why] = stdout.split('\n');
  expect(first).toBe('one and 1 like it: answered spam (95 %); judged to fail, ham is right');
  expect(text).toContain('the notes');
  expect(stdout).not.toContain('\u001b');
  expect(why).toContain('sure-error: The model answered spam with a confidence of 0.95, and is judged wrong.');
  expect(stderr).toContain('2 of 2 cards.');
});

test('review --list --json writes a line each, as many as are asked for', async () => {
  const { stdout } = await run('--json', 'review', 'mail', '--list', '--limit', '1');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([{ traceId: 'one', alike: ['twin'], like: 1, verdict: 'fail', expected: 'ham' }]);
});

test('review serves, and says where the page is; what is judged there is off the list', async () => {
  const child = spawn(process.execPath, [launcherPath, '--workspace', workspace(), 'review', 'mail', '--port', '0']);
  try {
    let told = '';
    for await (const chunk of child.stdout) {
      told += String(chunk);
      if (told.includes('Stop with')) break;
    }
    const [, url = ''] = /Open (http:\/\/127\.0\.0\.1:\d+)\/#\/models\/mail\/review in a browser/.exec(told) ?? [];
    const response = await fetch(`${url}/v1/models/mail/review/actions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ reviewer: 'ana', kind: 'correct', expected: 'ham', clientId: '1' },
        cards: [{ cardId: 'card', traceIds: ['one', 'twin'] }],
      }),
    });
    expect(await response.json()).toMatchObject({ judged: 2 });
    // Acknowledged, it is there, however the server ends.
    child.kill('SIGKILL');
    await once(child, 'close');
  } finally {
    child.kill('SIGKILL');
  }
  const { stdout } = await run('--json', 'review', '--list');
  expect(JSON.parse(stdout)).toMatchObject({ traceId: 'plain' });
});

test('what is erased is erased from reviews too', async () => {
  const { code } = await run('erase', 'mail', 'one', '--yes');
  expect(code).toBe(0);
  const { readFile, readdir } = await import('node:fs/promises');
  const folder = join(workspace(), 'objects', 'models', 'mail', 'reviews');
  const entries = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  expect(entries.join('')).toContain('"twin"');
  expect(entries.join('')).not.toContain('"one"');
  expect((await run('review', '--list')).code).toBe(0);
  expect((await run('doctor')).code).toBe(0);
});
