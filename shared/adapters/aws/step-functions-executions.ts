import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { executionName } from '../../domain/models/execution-name.ts';
import type { Executions } from '../../ports/executions.ts';
import { awsFailure } from './aws-failure.ts';

export interface StepFunctionsExecutionsOptions {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
}

/** What an execution is in while it works, or is about to go on. */
const working: ReadonlySet<string | undefined> = new Set(['RUNNING', 'PENDING_REDRIVE']);

/**
 * {@link Executions} of a Standard state machine, whose names are taken once and for all. Needs `states:StartExecution`
 * and `states:DescribeExecution`.
 */
export class StepFunctionsExecutions implements Executions {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;

  constructor({ client, stateMachineArn }: StepFunctionsExecutionsOptions) {
    this.#client = client;
    this.#stateMachineArn = stateMachineArn;
  }

  async start({ runId, modelId, seed }: Parameters<Executions['start']>[0]): Promise<'running' | 'ended'> {
    const name = executionName({ runId, modelId });
    const input = JSON.stringify({ run: { runId, modelId, seed } });
    try {
      await this.#client.send(new StartExecutionCommand({ stateMachineArn: this.#stateMachineArn, name, input }));
      return 'running';
    } catch (error) {
      // Said of one that works too, when somebody has started it with its input written another way.
      if (error instanceof ExecutionAlreadyExists) return this.#state(name);
      throw this.#failure(`start ${name} of`, 'states:StartExecution', error);
    }
  }

  async #state(name: string): Promise<'running' | 'ended'> {
    const executionArn = `${this.#stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      const { status } = await this.#client.send(new DescribeExecutionCommand({ executionArn }));
      return working.has(status) ? 'running' : 'ended';
    } catch (error) {
      throw this.#failure(`describe ${name} of`, 'states:DescribeExecution', error);
    }
  }

  #failure(action: string, permission: string, cause: unknown): Error {
    return awsFailure({ action, resource: `state machine ${this.#stateMachineArn}`, permission }, cause);
  }
}
