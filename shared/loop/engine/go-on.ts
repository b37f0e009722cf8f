import { setTimeout as sleep } from 'node:timers/promises';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Done, LongWork, Progress } from '../../ports/long-work.ts';
import { type StageContext, Unfinished } from './stage.ts';

/**
 * Starts a stage's long work, or goes on with it where the stage's last call left off.
 * @param request made only when the work is started
 * @returns the finished work, or what the stage is to return for now
 * @throws RatchetError as the work names it, when it failed
 */
export async function goOn<R, T>(
  work: LongWork<R, T>,
  key: string,
  request: () => R | Promise<R>,
  context: Pick<StageContext, 'handle' | 'deadline' | 'ports'>,
  unit = 'steps',
): Promise<Done<T> | Unfinished> {
  const { handle, deadline, ports } = context;
  const tell = (done: number, total: number) => ports.observer.progress(done, total, unit);
  const progress =
    handle === null
      ? await work.start(key, await request(), deadline, tell)
      : await work.advance(handle, deadline, tell);
  if (progress.status === 'working') {
    tell(progress.done, progress.total);
    return new Unfinished(progress);
  }
  return orFault(progress);
}

/**
 * Takes work of which a stage needs much, and each piece is short, to its end within one call.
 * @throws RatchetError as the work names it, when it failed
 */
export async function toEnd<R, T>(
  work: LongWork<R, T>,
  key: string,
  request: R,
  context: Pick<StageContext, 'deadline'>,
): Promise<T> {
  let progress = await work.start(key, request, context.deadline);
  while (progress.status === 'working') {
    const { handle, waitSeconds } = progress;
    await sleep(waitSeconds * 1_000);
    progress = await work.advance(handle, context.deadline);
  }
  return orFault(progress).value;
}

function orFault<T>(progress: Exclude<Progress<T>, { status: 'working' }>): Done<T> {
  if (progress.status === 'failed') throw new RatchetError(progress.name, progress.message);
  return progress;
}
