import { z } from 'zod';
import { memoryOf } from './lambda-time.ts';
import { noUsage, type Usage } from './usage.ts';

const timeSchema = z.union([z.number(), z.iso.datetime({ offset: true })]);
const eventSchema = z.looseObject({
  id: z.int(),
  type: z.string(),
  timestamp: timeSchema,
  previousEventId: z.int().optional(),
  stateEnteredEventDetails: z.looseObject({ name: z.string() }).optional(),
});
const historySchema = z.looseObject({ events: z.array(eventSchema) });

/**
 * What an execution used, by its history as `aws stepfunctions get-execution-history` writes it. What its functions asked of S3
 * and DynamoDB is not in there.
 */
export function usageOfHistory(json: unknown): Usage {
  const { events } = historySchema.parse(json);
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

/** Seconds since the epoch. */
function secondsOf(time: z.infer<typeof timeSchema>): number {
  return typeof time === 'number' ? time : Date.parse(time) / 1_000;
}
