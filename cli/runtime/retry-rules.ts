import { z } from 'zod';

/** What a Task state's Retry says. */
export interface RetryRule {
  readonly errors: ReadonlySet<string>;
  /** Attempts beyond the first. */
  readonly attempts: number;
}

const stateSchema = z.object({
  Type: z.string(),
  Retry: z.array(z.object({ ErrorEquals: z.array(z.string()), MaxAttempts: z.int().default(3) })).default([]),
  ItemProcessor: z.unknown().optional(),
  Branches: z.array(z.unknown()).default([]),
});
const machineSchema = z.object({ States: z.record(z.string(), stateSchema) });

/** The retry rules of a state machine's Task states by state, those within Maps and Parallels too. A state has one retrier at most. */
export function retryRules(definition: unknown): ReadonlyMap<string, RetryRule> {
  const rules = new Map<string, RetryRule>();
  for (const [name, state] of Object.entries(machineSchema.parse(definition).States)) {
    const [retrier] = state.Retry;
    if (state.Type === 'Task' && retrier !== undefined) {
      rules.set(name, { errors: new Set(retrier.ErrorEquals), attempts: retrier.MaxAttempts });
    }
    const inner = state.ItemProcessor === undefined ? state.Branches : [state.ItemProcessor, ...state.Branches];
    for (const machine of inner) for (const [innerName, rule] of retryRules(machine)) rules.set(innerName, rule);
  }
  return rules;
}
