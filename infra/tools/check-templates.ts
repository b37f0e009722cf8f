/**
 * Makes the stacks' templates as deployments of several kinds would have them, with a few bytes in place of the functions'
 * code, and holds them against CloudFormation's rules by cfn-lint.
 * Usage: node infra/tools/check-templates.ts (after .ci/install-emulator)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import { addStacks } from '../add-stacks.ts';
import { readConfig } from '../config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const linter = join(root, '.emulator', 'bin', 'cfn-lint');
/**
 * What the CDK writes twice or by itself: dependencies that references imply, and outputs of imported values. E3601 knows no
 * OutputPath of a Succeed state, which Amazon States Language has; the machine is held to it by `npm run check:state-machine`.
 */
const passedOver = ['W3005', 'W6001', 'E3601'];
/** As people set them: nothing, and all there is to be set. */
const deployments: readonly Readonly<Record<string, unknown>>[] = [
  {},
  {
    ...{ name: 'all-of-it', architecture: 'x86_64', alarmEmail: 'ops@example.org', ingestConcurrency: 2 },
    schedules: [{ modelId: '*', expression: 'rate(1 day)' }],
    traceQueries: 'athena',
    traceLog: 'athena',
    serving: { issuer: 'https://issuer.example.org', audience: ['client'], concurrency: 5 },
    chat: { provider: 'openai', url: 'https://chat.example.org/v1', model: 'm', window: 8000 },
    chatSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:chat-abcdef',
    '@aws-cdk/core:permissionsBoundary': { name: 'boundary' },
  },
  { name: 'signed', serving: {}, chat: { provider: 'bedrock', model: 'anthropic.some-model', window: 8000 } },
];

const folder = mkdtempSync(join(tmpdir(), 'ratchet-templates-'));
try {
  const code = join(folder, 'code');
  mkdirSync(code);
  writeFileSync(join(code, 'index.js'), 'exports.handler = async () => {};');
  const templates = deployments.flatMap((context, at) => synthesize(context, join(folder, `out-${at}`), code));
  const options = ['--regions', 'us-east-1', '--ignore-checks', ...passedOver, '--', ...templates];
  execFileSync(linter, options, { stdio: 'inherit' });
  console.log(`${templates.length} templates hold what CloudFormation asks of them.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function synthesize(context: Readonly<Record<string, unknown>>, outdir: string, code: string): string[] {
  const written = z
    .object({ context: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')));
  const app = new App({ outdir, context: { ...written.context, ...context } });
  addStacks(app, readConfig(app.node), {
    functionCode: () => Code.fromAsset(code),
    layerCode: () => Code.fromAsset(code),
  });
  return app.synth().stacks.map(({ templateFullPath }) => templateFullPath);
}
