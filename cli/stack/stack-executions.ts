import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  paginateListExecutions,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { AwsRequest } from '../../shared/adapters/aws/aws-failure.ts';
import { executionName } from '../../shared/domain/models/execution-name.ts';
import type { RunRef } from '../../shared/domain/models/run-ref.ts';
import { request } from './aws-fault.ts';

/** Where an execution stands. */
export type ExecutionState = Pick<DescribeExecutionCommandOutput, 'status' | 'output' | 'error' | 'cause'>;

/** As many attempts at one run are counted; more are a mistake. */
const mostAttempts = 100;
const historyPage = 100;

/** The executions of a stack's state machine. Faults: as `awsFault` makes them. */
export class StackExecutions {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;

  constructor({ client, stateMachineArn }: { client: SFNClient; stateMachineArn: string }) {
    this.#client = client;
    this.#stateMachineArn = stateMachineArn;
  }

  /**
   * Starts the execution of a run, under a new name when an earlier one has ended. One that is at work is not doubled.
   * @returns its ARN
   */
  async start(run: RunRef): Promise<string> {
    for (let attempt = 1; attempt < mostAttempts; attempt += 1) {
      const name = executionName(run, attempt);
      const started = await this.#startNamed(name, run);
      if (started !== undefined) return started;
      const arn = this.#arnOf(name);
      if ((await this.describe(arn)).status === 'RUNNING') return arn;
    }
    throw new Error(`run ${run.runId} was started ${mostAttempts} times`);
  }

  /** The newest execution of a run; undefined when it has none. */
  async find(run: Pick<RunRef, 'modelId' | 'runId'>): Promise<string | undefined> {
    const name = executionName(run);
    return request(this.#machine('list the executions of', 'states:ListExecutions'), async () => {
      const pages = paginateListExecutions({ client: this.#client }, { stateMachineArn: this.#stateMachineArn });
      for await (const { executions = [] } of pages) {
        const found = executions.find((execution) => execution.name === name || execution.name?.startsWith(`${name}.`));
        if (found !== undefined) return found.executionArn;
      }
      return undefined;
    });
  }

  describe(arn: string): Promise<ExecutionState> {
    return request({ action: 'read', resource: arn, permission: 'states:DescribeExecution' }, () =>
      this.#client.send(new DescribeExecutionCommand({ executionArn: arn })),
    );
  }

  /** The state machine's definition that an execution goes by, parsed. */
  definition(arn: string): Promise<unknown> {
    return request(
      { action: 'read the definition of', resource: arn, permission: 'states:DescribeStateMachineForExecution' },
      async () => {
        const { definition = '{}' } = await this.#client.send(
          new DescribeStateMachineForExecutionCommand({ executionArn: arn }),
        );
        return JSON.parse(definition);
      },
    );
  }

  /** Events that came after one, oldest first. Asks for the newest first, so that little is read twice. */
  async eventsAfter(arn: string, lastId: number): Promise<readonly HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await request(
        { action: 'read the history of', resource: arn, permission: 'states:GetExecutionHistory' },
        () =>
          this.#client.send(
            new GetExecutionHistoryCommand({
              executionArn: arn,
              reverseOrder: true,
              includeExecutionData: true,
              maxResults: historyPage,
              nextToken,
            }),
          ),
      );
      const fresh = (page.events ?? []).filter(({ id }) => (id ?? 0) > lastId);
      events.push(...fresh);
      nextToken = fresh.length < (page.events ?? []).length ? undefined : page.nextToken;
    } while (nextToken !== undefined);
    return events.toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0));
  }

  /**
   * @returns the execution's ARN; undefined when the name is taken by an execution that has ended, or has other input
   */
  async #startNamed(name: string, { runId, modelId, seed }: RunRef): Promise<string | undefined> {
    return request(this.#machine('start an execution of', 'states:StartExecution'), async () => {
      try {
        const { executionArn } = await this.#client.send(
          new StartExecutionCommand({
            stateMachineArn: this.#stateMachineArn,
            name,
            input: JSON.stringify({ run: { runId, modelId, seed } }),
          }),
        );
        return executionArn;
      } catch (error) {
        if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return undefined;
        throw error;
      }
    });
  }

  #machine(action: string, permission: string): AwsRequest {
    return { action, resource: this.#stateMachineArn, permission };
  }

  #arnOf(name: string): string {
    return `${this.#stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }
}
