import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = fileURLToPath(new URL('../../node_modules/.bin/', import.meta.url));
const account = '000000000000';
const shownOfOutput = 4_000;

/** A deployment by the real CDK command line, of the functions as they are built for this machine's processor. */
export interface DeployedStack {
  /** Deletes both stacks, as `npm run destroy` does. */
  destroy(): Promise<void>;
  /** Removes what the command line left on this machine. */
  forget(): Promise<void>;
}

/**
 * Builds the functions, bootstraps the emulated account and deploys both stacks.
 * @param context `-c` options beside the name
 * @throws Error with the end of what the CDK said
 */
export async function deployStack(name: string, context: Readonly<Record<string, string>>): Promise<DeployedStack> {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-cdk-'));
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const options = Object.entries({ ...context, name, architecture }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  const cdk = (...args: readonly string[]) => run('cdk', ...args, '--output', join(folder, 'cdk.out'), ...options);
  await run('node', 'functions/build.ts', '--arch', architecture);
  await cdk('bootstrap', `aws://${account}/${process.env.AWS_REGION}`);
  await cdk('deploy', '--all', '--require-approval', 'never', '--method', 'direct');
  return {
    async destroy() {
      await cdk('destroy', '--all', '--force');
    },
    forget: () => rm(folder, { recursive: true, force: true }),
  };
}

async function run(program: string, ...args: readonly string[]): Promise<void> {
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    CDK_DEFAULT_ACCOUNT: account,
    CDK_DEFAULT_REGION: process.env.AWS_REGION,
    CI: 'true',
  };
  try {
    await promisify(execFile)(join(bin, program), args, { cwd: root, env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args[0]} failed:\n${`${stdout}${stderr}`.slice(-shownOfOutput)}`, { cause: error });
  }
}
