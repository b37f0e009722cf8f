/** What is told of a state while the machine runs. */
export interface StateWatcher {
  stateStarted(name: string, item: string): void;
  stateFinished(name: string, item: string, output: unknown, passedOver: boolean): void;
  stateFailed(name: string, item: string, error: unknown): void;
  stateProgress(name: string, item: string, done: number, total: number, unit: string): void;
}

/** Runs the improvement loop's state machine. */
export interface Orchestrator {
  /**
   * Runs one execution to its end.
   * @param name who executes, the lease's owner
   * @returns the output of the machine
   * @throws RatchetError-like error with the name and cause that the machine failed with
   */
  execute(name: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}
