import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { addStacks } from '../add-stacks.ts';
import { readConfig } from '../config.ts';
import { builtAssets } from '../constructs/assets.ts';

try {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  addStacks(app, readConfig(app.node), builtAssets(fileURLToPath(new URL('../../dist', import.meta.url))));
  app.synth();
} catch (error) {
  if (!(error instanceof RatchetError)) throw error;
  process.stderr.write(`${error.message}\n${error.mend}\n`);
  process.exitCode = 1;
}
