import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateWatcher } from '../../shared/ports/orchestrator.ts';

/**
 * How often each Task state of an execution succeeded: what two runtimes of one state machine must agree on. Sorted
 * lines `state × n`.
 */
export function projectionOf(states: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${state} × ${count}`).sort();
}

/** The Task states that a history says have succeeded, by their functions, which are named after them. */
export function succeededTasks(events: readonly HistoryEvent[], stack: string): readonly string[] {
  return events.flatMap(({ taskSucceededEventDetails }) => {
    const name = taskSucceededEventDetails?.resource?.split(':').at(-1);
    return name?.startsWith(`${stack}-`) ? [name.slice(stack.length + 1)] : [];
  });
}

/** A watcher of the runtime in this process, and the Task states that have succeeded under it. */
export function countingWatcher(): { readonly watcher: StateWatcher; readonly succeeded: readonly string[] } {
  const succeeded: string[] = [];
  const nothing = (): void => undefined;
  return {
    succeeded,
    watcher: {
      stateStarted: nothing,
      stateFinished: (name) => succeeded.push(name),
      stateFailed: nothing,
      stateProgress: nothing,
    },
  };
}
