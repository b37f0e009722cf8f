import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { executionName } from '../domain/execution-name.ts';
import type { Executions } from '../ports/executions.ts';
import { awsFailure } from './aws-failure.ts';

export interface StepFunctionsExecutionsOptions {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
}

/** {@link Executions} of a Standard state machine, whose names are idempotent: a second start with the same input is the first one. Needs `states:StartExecution`. */
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
      if (error instanceof ExecutionAlreadyExists) return 'ended';
      const request = { action: `start ${name} of`, resource: `state machine ${this.#stateMachineArn}` };
      throw awsFailure({ ...request, permission: 'states:StartExecution' }, error);
    }
  }
}
