import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { synthesized } from './synthesized.ts';

// The first case loads all of cdk-nag and the CDK, which a busy machine takes its time over.
describe("cdk-nag's rules for AWS solutions", { timeout: 180_000 }, () => {
  it.each([
    ['as a newcomer deploys', {}],
    [
      'with schedules and mail',
      { alarmEmail: 'a@example.com', schedules: '[{"modelId":"*","expression":"rate(1 day)"}]' },
    ],
    ['that answers over HTTP by signature', { serving: '{}' }],
    [
      'that answers over HTTP by token',
      { serving: '{"issuer":"https://issuer.example.com","audience":["app"],"concurrency":5}' },
    ],
    [
      'with a chat model',
      { chat: '{"provider":"bedrock","model":"eu.anthropic.some-model-v1:0","region":"eu-west-1"}' },
    ],
    ['whose agents query traces by Athena', { traceQueries: 'athena' }],
    ['whose trace log is read by Athena', { traceLog: 'athena', serving: '{}' }],
  ])('find nothing that is not answered for: %s', (_case, context) => {
    const report = new AwsSolutionsChecks().validateScope(synthesized(context).app);
    const found = report.violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );
    expect(found).toEqual([]);
  });
});
