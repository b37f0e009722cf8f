import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Owners } from '../../ports/owners.ts';
import { awsErrorName } from './aws-failure.ts';

const executionArn = /^arn:[^:]+:states:[^:]+:\d{12}:execution:/;
const ended: ReadonlySet<string | undefined> = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

/**
 * Executions of a state machine as owners of runs, named by their ARNs. Gone is one that has ended, or that Step Functions no
 * longer knows; an owner that is no execution, or an answer that does not come, counts as doubt. Needs `states:DescribeExecution`.
 */
export class StepFunctionsOwners implements Owners {
  readonly #client: SFNClient;

  constructor({ client }: { readonly client: SFNClient }) {
    this.#client = client;
  }

  async isGone(owner: string): Promise<boolean> {
    if (!executionArn.test(owner)) return false;
    return this.#client.send(new DescribeExecutionCommand({ executionArn: owner })).then(
      ({ status }) => ended.has(status),
      (error: unknown) => awsErrorName(error) === 'ExecutionDoesNotExist',
    );
  }
}
