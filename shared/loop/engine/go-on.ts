import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { jsonSchema } from '../../domain/base/json.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import type { Done, LongWork } from '../../ports/long-work.ts';
import { type StageContext, Unfinished } from './stage.ts';

/** How often work that fails is begun again, over all calls of a stage. */
const mostFailures = 3;

const handleSchema = z.strictObject({
  /** How often the work had failed when this one was begun. */
  failures: z.int().nonnegative(),
  of: jsonSchema,
});
const failuresSchema = z.strictObject({ failures: z.int().nonnegative() });

type Context = Pick<StageContext, 'handle' | 'deadline' | 'ports' | 'key'>;

/**
 * Starts a stage's long work, or goes on with it where the stage's last call left off. The state machine tries a failed
 * call again with the same handle, which then is that of work that is over; that it failed is written down, so that it
 * is started anew.
 * @param request made only when the work is started
 * @returns the finished work, or what the stage is to return for now
 * @throws RatchetError as the work names it, when it failed; StageFailed when it has failed too often to be begun again
 */
export async function goOn<R, T>(
  work: LongWork<R, T>,
  key: string,
  request: () => R | Promise<R>,
  context: Context,
  unit = 'steps',
): Promise<Done<T> | Unfinished> {
  const { deadline, ports } = context;
  const tell = (done: number, total: number) => ports.observer.progress(done, total, unit);
  const failures = await failuresBefore(context);
  // A handle that cannot be read, as of another version, is as none: starting under the same key joins the work.
  const begun = handleSchema.safeParse(context.handle);
  const goesOn = begun.success && begun.data.failures === failures;
  const progress = goesOn
    ? await work.advance(begun.data.of, deadline, tell)
    : await work.start(key, await request(), deadline, tell);
  if (progress.status === 'done') return progress;
  if (progress.status === 'working') {
    tell(progress.done, progress.total);
    return new Unfinished({ ...progress, handle: { failures, of: progress.handle } });
  }
  const { name, message } = progress;
  await writeJson(ports.objects, failuresKey(context), { failures: failures + 1 });
  if (failures < mostFailures) throw new RatchetError(name, message);
  throw new RatchetError('StageFailed', `It failed ${failures + 1} times. The last time: ${name}: ${message}`);
}

function failuresKey({ key }: Context): string {
  return key('failures.json');
}

async function failuresBefore(context: Context): Promise<number> {
  try {
    return (await readJson(context.ports.objects, failuresKey(context), failuresSchema)).failures;
  } catch (error) {
    if (error instanceof RatchetError && (error.name === 'ObjectMissing' || error.name === 'CorruptArtifact')) return 0;
    throw error;
  }
}
