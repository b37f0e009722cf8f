import { z } from 'zod';
import { stageFunctions } from '../../infra/function-specs.ts';
import { memoryOf } from './lambda-time.ts';
import { noUsage, type Usage } from './usage.ts';

const timeSchema = z.union([z.number(), z.iso.datetime({ offset: true })]);
const eventSchema = z.looseObject({
  id: z.int(),
  type: z.string(),
  timestamp: timeSchema,
  previousEventId: z.int().optional(),
  stateEnteredEventDetails: z.looseObject({ name: z.string() }).optional(),
  taskScheduledEventDetails: z.looseObject({ resource: z.string() }).optional(),
  taskSucceededEventDetails: z.looseObject({ resource: z.string() }).optional(),
  taskFailedEventDetails: z.looseObject({ resource: z.string() }).optional(),
});
const historySchema = z.looseObject({ events: z.array(eventSchema) });

type HistoryEvent = z.infer<typeof eventSchema>;

/**
 * What an execution used, by its history as `aws stepfunctions get-execution-history` writes it. What its functions
 * asked of S3 and DynamoDB is not in there. The histories of the emulator, which tell of tasks only and not of the
 * states within Maps and Parallels, are read too: a task that no state was entered for counts as one.
 */
export function usageOfHistory(json: unknown): Usage {
  const { events } = historySchema.parse(json);
  if (events.some(({ type }) => type === 'TaskScheduled')) return usageOfTasks(events);
  const usage = noUsage();
  // Each state entered is one transition, and so is the end; a retry counts again.
  usage.stateTransitions = 1;
  const states = new Map<number, string>();
  const scheduled = new Map<number, number>();
  const tried = new Set<number>();
  for (const event of events) {
    const { id, type, previousEventId = -1 } = event;
    if (type.endsWith('StateEntered')) {
      usage.stateTransitions += 1;
      if (event.stateEnteredEventDetails !== undefined) states.set(id, event.stateEnteredEventDetails.name);
      continue;
    }
    const state = states.get(previousEventId);
    if (state === undefined || !type.startsWith('LambdaFunction')) continue;
    states.set(id, state);
    if (type === 'LambdaFunctionScheduled') {
      if (tried.has(previousEventId)) usage.stateTransitions += 1;
      usage.invocations += 1;
    } else if (type === 'LambdaFunctionStarted') {
      scheduled.set(id, secondsOf(event.timestamp));
    } else {
      const began = scheduled.get(previousEventId);
      if (began !== undefined)
        usage.gigabyteSeconds += ((secondsOf(event.timestamp) - began) * memoryOf(state)) / 1_024;
      tried.add(id);
    }
  }
  return usage;
}

function usageOfTasks(events: readonly HistoryEvent[]): Usage {
  const usage = noUsage();
  const entered = events.filter(({ type }) => type.endsWith('StateEntered'));
  const taskStates = entered.filter(({ type }) => type === 'TaskStateEntered').length;
  const begun = new Map<string, number[]>();
  for (const event of events) {
    const { taskScheduledEventDetails: begins, taskSucceededEventDetails, taskFailedEventDetails } = event;
    const ends = taskSucceededEventDetails ?? taskFailedEventDetails;
    if (begins !== undefined) {
      usage.invocations += 1;
      begun.set(begins.resource, [...(begun.get(begins.resource) ?? []), secondsOf(event.timestamp)]);
    } else if (ends !== undefined) {
      const since = begun.get(ends.resource)?.shift() ?? secondsOf(event.timestamp);
      const name = ends.resource.split(':').at(-1) ?? '';
      // The function's name begins with the deployment's.
      const state = stageFunctions.find((stage) => name.endsWith(`-${stage.name}`))?.name ?? name;
      usage.gigabyteSeconds += ((secondsOf(event.timestamp) - since) * memoryOf(state)) / 1_024;
    }
  }
  usage.stateTransitions = 1 + entered.length + usage.invocations - taskStates;
  return usage;
}

/** Seconds since the epoch. */
function secondsOf(time: z.infer<typeof timeSchema>): number {
  return typeof time === 'number' ? time : Date.parse(time) / 1_000;
}
