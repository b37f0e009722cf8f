import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { OwnerState } from '../../domain/models/control.ts';
import type { Owners } from '../../ports/owners.ts';
import { awsErrorName } from './aws-failure.ts';

const executionArn = /^arn:[^:]+:states:[^:]+:\d{12}:execution:/;
const states: ReadonlyMap<string | undefined, OwnerState> = new Map([
  ['RUNNING', 'running'],
  ['PENDING_REDRIVE', 'running'],
  ['SUCCEEDED', 'gone'],
  ['FAILED', 'gone'],
  ['TIMED_OUT', 'gone'],
  ['ABORTED', 'gone'],
]);

/**
 * Executions of a state machine as owners of runs, named by their ARNs. Gone is one that has ended, or that Step
 * Functions no longer knows; of an owner that is no execution, or when no answer comes, nothing is known. Needs
 * `states:DescribeExecution`.
 */
export class StepFunctionsOwners implements Owners {
  readonly #client: SFNClient;

  constructor({ client }: { readonly client: SFNClient }) {
    this.#client = client;
  }

  async stateOf(owner: string): Promise<OwnerState> {
    if (!executionArn.test(owner)) return 'unknown';
    return this.#client.send(new DescribeExecutionCommand({ executionArn: owner })).then(
      ({ status }) => states.get(status) ?? 'unknown',
      (error: unknown) => (awsErrorName(error) === 'ExecutionDoesNotExist' ? 'gone' : 'unknown'),
    );
  }
}
