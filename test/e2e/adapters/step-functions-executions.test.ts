import { randomUUID } from 'node:crypto';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StepFunctionsExecutions } from '../../../shared/adapters/aws/step-functions-executions.ts';
import { executionName } from '../../../shared/domain/models/execution-name.ts';
import { rejection } from '../../helpers/rejection.ts';

const client = new SFNClient({});
let stateMachineArn = '';
let executions: StepFunctionsExecutions;

beforeAll(async () => {
  const definition = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } };
  const answer = await client.send(
    new CreateStateMachineCommand({
      name: `executions-${randomUUID()}`,
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::000000000000:role/any',
    }),
  );
  stateMachineArn = answer.stateMachineArn ?? '';
  executions = new StepFunctionsExecutions({ client, stateMachineArn });
});
afterAll(async () => {
  for (const { executionArn } of await list()) await client.send(new StopExecutionCommand({ executionArn }));
  await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
  client.destroy();
});

async function list() {
  return (await client.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];
}

test('a run that is started twice is started once, and has ended once its execution was stopped', async () => {
  const run = { runId: 'run-twice', modelId: 'm1', seed: 1 };
  expect(await executions.start(run)).toBe('running');
  expect(await executions.start(run)).toBe('running');
  const named = (await list()).filter(({ name }) => name === executionName(run));
  expect(named).toHaveLength(1);
  await client.send(new StopExecutionCommand({ executionArn: named[0]?.executionArn }));
  expect(await executions.start(run)).toBe('ended');
});

test('a run that somebody has started with its input written another way works already', async () => {
  const run = { runId: 'run-by-hand', modelId: 'm1', seed: 1 };
  const input = JSON.stringify({ run }, null, 2);
  await client.send(new StartExecutionCommand({ stateMachineArn, name: executionName(run), input }));
  expect(await executions.start(run)).toBe('running');
});

test('a state machine that is not there is a fault with a mend', async () => {
  const nowhere = new StepFunctionsExecutions({ client, stateMachineArn: `${stateMachineArn}-gone` });
  const error = await rejection(nowhere.start({ runId: 'r', modelId: 'm1', seed: 1 }));
  expect(error.message).toContain('gone');
  expect(error.mend).toContain('states:StartExecution');
});
