import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { addStacks } from '../../infra/add-stacks.ts';
import { type Config, readConfig } from '../../infra/config.ts';
import type { Assets } from '../../infra/constructs/assets.ts';

/** Code that is never run: what is tested is the templates. */
const anyCode = mkdtempSync(join(tmpdir(), 'ratchet-infra-'));
writeFileSync(join(anyCode, 'index.js'), 'exports.handler = async () => {};');
const assets: Assets = {
  functionCode: () => Code.fromAsset(anyCode),
  layerCode: () => Code.fromAsset(anyCode),
};

/** An app as `cdk` would make it: with the context of cdk.json and that of `-c` options. */
export function appWithContext(context: Readonly<Record<string, unknown>> = {}): App {
  const written: { context: Record<string, unknown> } = JSON.parse(
    readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
  );
  return new App({ context: { ...written.context, ...context } });
}

/** Both stacks, as they would be deployed, without an account. */
export function synthesized(context: Readonly<Record<string, unknown>> = {}) {
  const app = appWithContext(context);
  const config: Config = readConfig(app.node);
  const { data, loop } = addStacks(app, config, assets);
  return { app, config, data: Template.fromStack(data), loop: Template.fromStack(loop) };
}
