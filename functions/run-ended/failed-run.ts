/**
 * Whether an execution's end is a failure that somebody has to look at. One that found the lease held was refused, and
 * has worked on nothing: another run does.
 */
export function isFailedRun({
  status,
  error,
}: {
  readonly status: string;
  readonly error?: string | null | undefined;
}) {
  return status === 'FAILED' && error !== 'LeaseHeld';
}
