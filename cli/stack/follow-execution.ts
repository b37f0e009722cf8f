import { setTimeout } from 'node:timers/promises';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { ExecutionState, StackExecutions } from './stack-executions.ts';

/** Between two looks at an execution. */
const defaultPollMs = 2_000;

/**
 * Hands on the events of an execution as they come, until it has ended and the last one is told.
 * @returns how it ended
 */
export async function followExecution(
  executions: Pick<StackExecutions, 'describe' | 'eventsAfter'>,
  arn: string,
  onEvent: (event: HistoryEvent) => void,
  pollMs = defaultPollMs,
): Promise<ExecutionState> {
  let lastId = 0;
  for (;;) {
    // Its state is asked for first: what is told after an end is all there is.
    const state = await executions.describe(arn);
    for (const event of await executions.eventsAfter(arn, lastId)) {
      lastId = event.id ?? lastId;
      onEvent(event);
    }
    if (state.status !== 'RUNNING' && state.status !== 'PENDING_REDRIVE') return state;
    await setTimeout(pollMs);
  }
}
