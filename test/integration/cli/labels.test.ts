import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ratchetInProcess } from './in-process.ts';

let directory: string;
const run = (...args: readonly string[]) => ratchetInProcess(['--workspace', join(directory, 'ws'), ...args]);
const predict = (input: string) =>
  ratchetInProcess(['--workspace', join(directory, 'ws'), 'predict', 'mail'], `${JSON.stringify({ input })}\n`);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-labels-'));
  const texts = [
    'win a prize',
    'cheap pills',
    'notes of the meeting',
    'lunch at noon',
    'reset password',
    'login fails',
  ];
  const lines = texts.map((input, at) => JSON.stringify({ input, output: ['spam', 'ham', 'account, login'][at >> 1] }));
  await writeFile(join(directory, 'examples.jsonl'), lines.join('\n'));
  const created = await run('create', 'mail', '--examples', join(directory, 'examples.jsonl'), '--foundation', 'none');
  expect(created).toMatchObject({ code: 0 });
}, 60_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('ratchet labels', () => {
  test('lists the labels with what is on record of each', async () => {
    const { code, stdout } = await run('labels', 'mail');
    expect(code).toBe(0);
    expect(stdout).toBe(
      'label           examples  judged traces\naccount, login  2         0\nham             2         0\nspam            2         0\n',
    );
  });

  test('shows what a change would do, and does it only without --dry-run', async () => {
    const tried = await run('labels', 'mail', 'rename', 'spam', 'junk', '--dry-run');
    expect(tried).toMatchObject({ code: 0 });
    expect(tried.stdout).toMatch(/^spam +2 → – +0 → –$/m);
    expect(tried.stdout).toMatch(/^junk +– → 2 +– → 0$/m);
    expect(tried.stderr).toContain('Nothing was changed');
    expect(JSON.parse((await predict('win a prize')).stdout).output).toBe('spam');
    expect(await run('labels', 'mail', 'rename', 'spam', 'junk')).toMatchObject({ code: 0 });
    expect(JSON.parse((await predict('win a prize')).stdout).output).toBe('junk');
  });

  test('takes labels with commas in them, and gives the record of changes as JSON', async () => {
    expect(await run('labels', 'mail', 'split', 'account, login', '--into', 'account', 'log, in')).toMatchObject({
      code: 0,
    });
    const { labels, leftOpen, changes } = JSON.parse((await run('labels', 'mail', '--json')).stdout);
    expect(labels.map(({ label }: { label: string }) => label)).toEqual(['account', 'ham', 'junk', 'log, in']);
    expect(leftOpen).toEqual({ examples: 2, judged: 0 });
    expect(changes.map(({ change }: { change: unknown }) => change)).toEqual([
      { how: 'rename', from: 'spam', to: 'junk' },
      { how: 'split', from: 'account, login', into: ['account', 'log, in'] },
    ]);
    expect((await run('labels', 'mail')).stdout).toContain('Left open by changes, to be judged anew: 2 examples');
  });

  test.each([
    ['an unknown action', ['delete', 'spam'], 'Write ratchet labels MODEL add NAME…, or rename OLD NEW'],
    ['a rename to nothing', ['rename', 'ham'], 'Write ratchet labels MODEL rename OLD NEW'],
    ['a merge without a target', ['merge', 'ham', 'junk'], 'merge A B… --into C'],
    ['a split into one', ['split', 'ham', '--into', 'a'], 'split OLD --into A B…'],
    ['a target without an action', ['--into', 'a'], 'There is no action ""'],
    ['a label that is misspelt', ['rename', 'jumk', 'spam'], 'The nearest one is "junk".'],
    ['a name that was given up', ['add', 'spam'], 'Choose a name that the model never had.'],
  ])('exits 2 for %s', async (_what, args, message) => {
    const ended = await run('labels', 'mail', ...args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
  });
});
