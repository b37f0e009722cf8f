import { type App, Tags } from 'aws-cdk-lib';
import type { Config } from './config.ts';
import type { Assets } from './constructs/assets.ts';
import { DataStack } from './stacks/data-stack.ts';
import { LoopStack } from './stacks/loop-stack.ts';

export interface RatchetStacks {
  readonly data: DataStack;
  readonly loop: LoopStack;
}

/** Both stacks of a deployment, in the account and region of whoever deploys. */
export function addStacks(app: App, config: Config, assets: Assets): RatchetStacks {
  const data = new DataStack(app, `${config.name}-data`, { config });
  const loop = new LoopStack(app, `${config.name}-loop`, { config, data, assets });
  Tags.of(app).add('ratchet', config.name);
  return { data, loop };
}
