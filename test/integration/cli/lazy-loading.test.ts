import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { launcherPath } from './launcher.ts';

const program = new URL('../../../cli/program.ts', import.meta.url);

/** Runs a command line in a new process, and names the modules of AWS that were loaded for it. */
async function awsModules(...args: readonly string[]): Promise<number> {
  const code = `
    import { registerHooks } from 'node:module';
    let loaded = 0;
    registerHooks({ load(url, context, next) { loaded += /node_modules\\/@(aws-sdk|smithy)\\//.test(url) ? 1 : 0; return next(url, context); } });
    const { runCli } = await import(${JSON.stringify(program.href)});
    const { PassThrough, Readable } = await import('node:stream');
    const stream = new PassThrough().resume();
    await runCli(${JSON.stringify(args)}, { stdin: Readable.from([]), stdout: stream, stderr: stream, env: {} });
    console.log(loaded);`;
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
  return Number(stdout);
}

test('work in a directory loads nothing of the AWS SDK', async () => {
  expect(await awsModules('lineage', 'mail', '--workspace', join(tmpdir(), 'no-such-workspace'))).toBe(0);
  expect(await awsModules('--help')).toBe(0);
});

test('work with a stack loads it', async () => {
  expect(await awsModules('lineage', 'mail', '--stack', 'nowhere')).toBeGreaterThan(0);
});
