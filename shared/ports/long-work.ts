import type { ErrorName } from '../domain/base/errors.ts';
import type { Json } from '../domain/base/json.ts';

/** What work has used so far. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars. */
  readonly usd: number;
  /** That a job worked; absent where nobody counts them. */
  readonly seconds?: number;
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, usd: 0 };

export interface Done<T> {
  readonly status: 'done';
  readonly value: T;
  readonly usage: Usage;
}

/** Work that goes on. Whoever keeps the handle can go on with it, in another process too. */
export interface Working {
  readonly status: 'working';
  readonly handle: Json;
  readonly done: number;
  readonly total: number;
  /** How long it makes no sense to ask again, at most 300; 0 asks again at once. */
  readonly waitSeconds: number;
}

/** Work that failed for good; `name` says whether starting it again may help. */
export interface Failed {
  readonly status: 'failed';
  readonly name: ErrorName;
  readonly message: string;
}

export type Progress<T> = Done<T> | Working | Failed;

export type OnProgress = (done: number, total: number) => void;

/**
 * Work that may outlast the process that begins it: training, agents, bulk answering and judging. Starting under a key
 * that was started before joins that work, running or finished, and never begins it twice, however long ago that was;
 * only work that has failed is begun anew, and work whose result has since been removed. A call may be repeated, since
 * its answer can be lost: a handle that was used before, even of work that is done by now, gives what has come of it.
 */
export interface LongWork<R, T> {
  start(key: string, request: R, deadline: number, onProgress?: OnProgress): Promise<Progress<T>>;
  /**
   * Goes on with what `start` or an earlier `advance` gave the handle of.
   * @param deadline milliseconds since the epoch by which to return, with a new handle if there is more to do
   */
  advance(handle: Json, deadline: number, onProgress?: OnProgress): Promise<Progress<T>>;
}

/** Long work that is always done at its start. */
export function doneAtOnce<R, T>(
  work: (request: R, key: string, onProgress?: OnProgress) => Promise<T>,
): LongWork<R, T> {
  return {
    start: async (key, request, _deadline, onProgress) => ({
      status: 'done',
      value: await work(request, key, onProgress),
      usage: noUsage,
    }),
    advance: async () => {
      throw new Error('work that is done at its start has nothing to go on with');
    },
  };
}
