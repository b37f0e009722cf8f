import { machineStates } from './machine-states.ts';

/** What a Task state's Retry says. */
export interface RetryRule {
  readonly errors: ReadonlySet<string>;
  /** Attempts beyond the first. */
  readonly attempts: number;
}

/**
 * The retry rules of a state machine's Task states, by state. The first retrier is for what stages throw; the others are
 * for what the Lambda service alone throws.
 */
export function retryRules(definition: unknown): ReadonlyMap<string, RetryRule> {
  return new Map(
    [...machineStates(definition)].flatMap(
      ([
        name,
        {
          Type,
          Retry: [retrier],
        },
      ]): [string, RetryRule][] =>
        Type === 'Task' && retrier !== undefined
          ? [[name, { errors: new Set(retrier.ErrorEquals), attempts: retrier.MaxAttempts }]]
          : [],
    ),
  );
}
