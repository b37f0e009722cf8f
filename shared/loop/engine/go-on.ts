import type { Done, LongWork } from '../../ports/long-work.ts';
import { doneOrFault } from '../../ports/to-end.ts';
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
  if (progress.status !== 'working') return doneOrFault(progress);
  tell(progress.done, progress.total);
  return new Unfinished(progress);
}
