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

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-recorded-'));
  const file = join(directory, 'examples.jsonl');
  const examples = ['win a prize', 'buy pills', 'meeting notes', 'lunch at noon'];
  await writeFile(
    file,
    examples.map((input, at) => JSON.stringify({ input, output: at < 2 ? 'spam' : 'ham' })).join('\n'),
  );
  expect(await run('create', 'mail', '--examples', file, '--foundation', 'none')).toMatchObject({ code: 0 });
}, 60_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

async function traces(): Promise<number> {
  return JSON.parse((await run('list', '--json')).stdout).models[0].traffic.traces;
}

/** A process that answers lines until it is ended from outside, and has answered one. */
async function answering() {
  const args = [launcherPath, 'predict', 'mail', '--record', '--workspace', workspace()];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined);
  child.stdin.write('{"input": "a prize"}\n');
  await once(child.stdout, 'data');
  return child;
}

test.each(['SIGINT', 'SIGTERM'] as const)('what was answered is recorded when %s ends the command', async (signal) => {
  const before = await traces();
  const child = await answering();
  child.kill(signal);
  const [code] = await once(child, 'close');
  expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
  expect(await traces()).toBe(before + 1);
});

test('what was answered is recorded when the reader goes away', async () => {
  const before = await traces();
  const child = await answering();
  child.stdout.destroy();
  child.stdin.write('{"input": "a meeting"}\n');
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(await traces()).toBeGreaterThanOrEqual(before + 1);
});
