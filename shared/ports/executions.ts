/** Executions of the improvement loop on AWS. */
export interface Executions {
  /**
   * Starts the execution of a run under the run's own name, so that starting it twice starts it once.
   * @returns `running` when it works now, newly started or not; `ended` when an execution of that name is over
   * @throws RatchetError StorageFailure when it may be tried again
   */
  start(run: { readonly runId: string; readonly modelId: string; readonly seed: number }): Promise<'running' | 'ended'>;
}
