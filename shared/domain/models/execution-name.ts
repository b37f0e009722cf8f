const longestName = 80;

/**
 * Name of the execution of a run: the same for the same run, so that starting it twice starts it once. A run that is
 * taken up again under a name of its own counts its attempts from 2. Names of Step Functions have at most 80
 * characters; a long model id is cut, the run's id is not.
 */
export function executionName(run: { readonly modelId: string; readonly runId: string }, attempt = 1): string {
  const rest = `.${run.runId}${attempt === 1 ? '' : `.${attempt}`}`.slice(0, longestName);
  return `${run.modelId.slice(0, longestName - rest.length)}${rest}`;
}
