import { randomUUID } from 'node:crypto';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { StepFunctionsOwners } from '../../../shared/adapters/aws/step-functions-owners.ts';

const client = new SFNClient({});
const owners = new StepFunctionsOwners({ client });
let stateMachineArn = '';

beforeAll(async () => {
  const definition = {
    StartAt: 'Choose',
    States: {
      Choose: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.end', StringEquals: 'wait', Next: 'Wait' },
          { Variable: '$.end', StringEquals: 'fail', Next: 'Fail' },
        ],
        Default: 'Succeed',
      },
      Wait: { Type: 'Wait', Seconds: 600, Next: 'Succeed' },
      Fail: { Type: 'Fail', Error: 'Wanted' },
      Succeed: { Type: 'Succeed' },
    },
  };
  const answer = await client.send(
    new CreateStateMachineCommand({
      name: `owners-${randomUUID()}`,
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::000000000000:role/any',
    }),
  );
  stateMachineArn = answer.stateMachineArn ?? '';
});
afterAll(async () => {
  await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
  client.destroy();
});

test('an execution that works is not gone, and is once it was stopped', async () => {
  const executionArn = await start('wait');
  expect(await owners.stateOf(executionArn)).toBe('running');
  await client.send(new StopExecutionCommand({ executionArn }));
  expect(await owners.stateOf(executionArn)).toBe('gone');
});

test.each(['succeed', 'fail'])('an execution that has ended (%s) is gone', async (end) => {
  const executionArn = await start(end);
  await vi.waitFor(async () => {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(status).not.toBe('RUNNING');
  }, 10_000);
  expect(await owners.stateOf(executionArn)).toBe('gone');
});

test('an execution that Step Functions does not know is gone', async () => {
  const executionArn = await start('succeed');
  expect(await owners.stateOf(`${executionArn}-never-started`)).toBe('gone');
});

test('an owner that is no execution, or cannot be asked about, is in doubt', async () => {
  expect(await owners.stateOf('laptop:123:abc')).toBe('unknown');
  expect(await owners.stateOf('')).toBe('unknown');
  const unreachable = new SFNClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
  expect(await new StepFunctionsOwners({ client: unreachable }).stateOf(await start('succeed'))).toBe('unknown');
});

async function start(end: string): Promise<string> {
  const input = JSON.stringify({ end });
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input }));
  return executionArn ?? '';
}
