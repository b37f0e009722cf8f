import { RatchetError } from '../../shared/domain/base/errors.ts';

/** The fault that a piece of work ends in; fails when it succeeds or throws anything else. */
export async function rejection(work: Promise<unknown>): Promise<RatchetError> {
  const outcome = await work.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  if (outcome instanceof RatchetError) return outcome;
  throw new Error('no RatchetError was thrown', { cause: outcome });
}

/** The fault that a piece of work throws at once; fails when it succeeds or throws anything else. */
export function thrown(work: () => unknown): RatchetError {
  try {
    work();
  } catch (error) {
    if (error instanceof RatchetError) return error;
    throw new Error('no RatchetError was thrown', { cause: error });
  }
  throw new Error('it succeeded');
}
