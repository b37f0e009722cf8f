import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ratchetInProcess } from './in-process.ts';
import { launcherPath } from './launcher.ts';

const program = new URL('../../../cli/program.ts', import.meta.url);

/**
 * Runs a command line in a new process, and names the packages that were loaded for it: of one with a scope, the scope.
 */
async function loadedPackages(...args: readonly string[]): Promise<readonly string[]> {
  const code = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ load(url, context, next) { loaded.add(/node_modules\\/([^/]+)/.exec(url)?.[1] ?? ''); return next(url, context); } });
    const { runCli } = await import(${JSON.stringify(program.href)});
    const { PassThrough, Readable } = await import('node:stream');
    const stream = new PassThrough().resume();
    await runCli(${JSON.stringify(args)}, { stdin: Readable.from(['{"input": "a prize"}\\n']), stdout: stream, stderr: stream, env: {} });
    console.log(JSON.stringify([...loaded]));`;
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    cwd: dirname(launcherPath),
    env,
  });
  return JSON.parse(stdout).filter((name: string) => name !== '');
}

// A task kind tells wrong calculations, which jsep reads, and keeps a few checkers, which lru-cache bounds.
test('help loads the packages that read a command line and know tasks, and no others', async () => {
  expect((await loadedPackages('--help')).toSorted()).toEqual(['commander', 'jsep', 'lru-cache', 'zod']);
});

test('an answer loads neither DuckDB, nor what diagnosis computes with, nor the AWS SDK', async () => {
  const workspace = await mkdtemp(join(tmpdir(), 'ratchet-lazy-'));
  onTestFinished(() => rm(workspace, { recursive: true, force: true }));
  const examples = join(workspace, 'examples.jsonl');
  await writeFile(examples, '{"input": "a prize", "output": "spam"}\n{"input": "minutes", "output": "ham"}\n');
  const options = ['--examples', examples, '--foundation', 'none', '--workspace', workspace];
  expect(await ratchetInProcess(['create', 'mail', ...options])).toMatchObject({ code: 0 });
  const loaded = await loadedPackages('predict', 'mail', '--workspace', workspace);
  expect(loaded).toContain('piscina');
  for (const name of ['@duckdb', '@stdlib', '@aws-sdk', '@smithy']) expect(loaded).not.toContain(name);
});

test('work with a stack loads the AWS SDK', async () => {
  expect(await loadedPackages('lineage', 'mail', '--stack', 'nowhere')).toContain('@aws-sdk');
});
