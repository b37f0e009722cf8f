/** What is told of a state while the machine runs. */
export interface StateWatcher {
  /** @param items how many items the state's Map has; null for a state of no Map */
  stateStarted(name: string, item: string, items: number | null): void;
  stateFinished(name: string, item: string, output: unknown, passedOver: boolean): void;
  /** @param retriesLeft how often the machine will try it again at most; 0 when it has failed for good */
  stateFailed(name: string, item: string, error: unknown, retriesLeft: number): void;
  stateProgress(name: string, item: string, done: number, total: number, unit: string): void;
}

/** Runs the improvement loop's state machine. */
export interface Orchestrator {
  /**
   * Runs one execution to its end.
   * @param name who executes, the lease's owner
   * @returns the output of the machine
   * @throws the error of the step that ended the execution
   */
  execute(name: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}
