import { setTimeout as sleep } from 'node:timers/promises';
import { RatchetError } from '../domain/base/errors.ts';
import type { Done, LongWork, OnProgress, Progress } from './long-work.ts';

/** No call has to return before it is done. */
const never = Number.POSITIVE_INFINITY;

/**
 * Takes long work to its end in this process, for whoever can wait or has many short pieces of it.
 * @throws RatchetError as the work names it, when it failed
 */
export async function toEnd<R, T>(work: LongWork<R, T>, key: string, request: R, onProgress?: OnProgress): Promise<T> {
  return (await ended(work, key, request, onProgress)).value;
}

/** The same, with what it has used. @throws RatchetError as the work names it, when it failed */
export async function ended<R, T>(
  work: LongWork<R, T>,
  key: string,
  request: R,
  onProgress?: OnProgress,
): Promise<Done<T>> {
  let progress = await work.start(key, request, never, onProgress);
  while (progress.status === 'working') {
    const { handle, waitSeconds } = progress;
    onProgress?.(progress.done, progress.total);
    await sleep(waitSeconds * 1_000);
    progress = await work.advance(handle, never, onProgress);
  }
  return doneOrFault(progress);
}

/** What ended well. @throws RatchetError as the work names it, when it failed */
function doneOrFault<T>(progress: Exclude<Progress<T>, { status: 'working' }>): Done<T> {
  if (progress.status === 'failed') throw new RatchetError(progress.name, progress.message);
  return progress;
}
