import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, type ExecutionListItem, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { executionLink } from '../../shared/adapters/aws/aws-console-links.ts';
import type { AwsRequest } from '../../shared/adapters/aws/aws-failure.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import type { Check } from '../results.ts';
import { request } from '../stack/aws-fault.ts';
import { loopStackName } from '../stack/read-stack.ts';
import type { StackPlace } from '../stack/stack-place.ts';
import { ok, problem, thrown, warning } from './check.ts';
import { checkModel } from './check-model.ts';

/** Executions that are looked at, newest first. */
const looked = 50;
const deploy = 'Wait until the deployment has ended, else deploy the stacks again.';

/**
 * All that can be told of a stack and its models without changing anything.
 * @param at what proposed commands name to reach the stack, for example ` --stack ratchet`
 */
export async function checkStack(stack: StackPlace, at: string): Promise<readonly Check[]> {
  const { outputs, ports } = stack;
  const region = await stack.clients.cloudFormation.config.region();
  const parts = await Promise.all([
    checkBucket('trace bucket', outputs.TraceBucketName, stack),
    checkBucket('artifact bucket', outputs.ArtifactBucketName, stack),
    ...(outputs.JournalBucketName === undefined
      ? []
      : [checkBucket('journal bucket', outputs.JournalBucketName, stack)]),
    checkTable(stack),
    checkStateMachine(stack),
    checkExecutions(stack),
  ]);
  const checks = [ok('stack', `${loopStackName(stack.name)} in ${region}`), ...parts];
  if (parts.some(({ status }) => status === 'problem')) return checks;
  const now = ports.clock.now();
  for (const { modelId } of await ports.lineage.listModels())
    checks.push(...(await checkModel(modelId, { ...ports, at }, now)));
  return checks;
}

function checkBucket(name: string, bucket: string, { clients }: StackPlace): Promise<Check> {
  const what = { action: 'list', resource: `bucket ${bucket}`, permission: 's3:ListBucket' };
  return asked(name, what, async () => {
    await clients.s3.send(new HeadBucketCommand({ Bucket: bucket }));
    return ok(name, `${bucket} is there`);
  });
}

function checkTable({ clients, outputs: { TableName } }: StackPlace): Promise<Check> {
  const what = { action: 'describe', resource: `table ${TableName}`, permission: 'dynamodb:DescribeTable' };
  return asked('table', what, async () => {
    const { Table } = await clients.dynamoDb.send(new DescribeTableCommand({ TableName }));
    const status = Table?.TableStatus ?? 'unknown';
    return status === 'ACTIVE'
      ? ok('table', `${TableName} is active`)
      : problem('table', `${TableName} is ${status}`, deploy);
  });
}

function checkStateMachine({ clients, outputs }: StackPlace): Promise<Check> {
  const stateMachineArn = outputs.StateMachineArn;
  const what = { action: 'describe', resource: stateMachineArn, permission: 'states:DescribeStateMachine' };
  return asked('state machine', what, async () => {
    const { name, status } = await clients.stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));
    return status === 'DELETING'
      ? problem('state machine', `${name} is being deleted`, deploy)
      : ok('state machine', `${name} is active`);
  });
}

/** How the newest executions ended; one that another run kept out has failed at nothing. */
function checkExecutions({ clients, outputs, executions: known }: StackPlace): Promise<Check> {
  const stateMachineArn = outputs.StateMachineArn;
  const what = { action: 'list the executions of', resource: stateMachineArn, permission: 'states:ListExecutions' };
  return asked('executions', what, async () => {
    const { executions = [] } = await clients.stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn, maxResults: looked }),
    );
    const ended = executions.filter(({ status }) => hasFailed(status));
    const errors = await Promise.all(ended.map(({ executionArn = '' }) => known.describe(executionArn)));
    const failed = ended.filter((_, at) => errors[at]?.error !== 'LeaseHeld');
    if (failed.length === 0) return ok('executions', `${plural(executions.length, 'execution')}, none failed`);
    return warning(
      'executions',
      `${failed.length} of the ${executions.length} newest did not succeed: ${failed.slice(0, 3).map(described).join(', ')}`,
      `See why: ${failed[0]?.executionArn === undefined ? '' : (executionLink(failed[0].executionArn) ?? failed[0].executionArn)}`,
    );
  });
}

function hasFailed(status: ExecutionListItem['status']): boolean {
  return status === 'FAILED' || status === 'TIMED_OUT' || status === 'ABORTED';
}

function described({ name, status, stopDate }: ExecutionListItem): string {
  return `${name} (${status}${stopDate === undefined ? '' : ` ${stopDate.toISOString()}`})`;
}

/** A check by a request to AWS; what AWS refuses is a problem. */
async function asked(name: string, what: AwsRequest, check: () => Promise<Check>): Promise<Check> {
  try {
    return await request(what, check);
  } catch (error) {
    return thrown(name, error, 'See the message.');
  }
}
