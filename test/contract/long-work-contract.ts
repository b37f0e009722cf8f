import { describe, expect, it } from 'vitest';
import type { Json } from '../../shared/domain/base/json.ts';
import type { LongWork, Progress } from '../../shared/ports/long-work.ts';

const never = Number.POSITIVE_INFINITY;

/**
 * What all long work does, be it done at once or in hours: joined by its key, gone on with by its handle.
 * @param make work that succeeds, and a request for it, the same for the same number
 */
export function longWorkContract<R, T>(
  name: string,
  make: () => Promise<{ work: LongWork<R, T>; request: (number: number) => R }>,
): void {
  async function finish(work: LongWork<R, T>, progress: Progress<T>, onHandle?: (handle: Json) => void): Promise<T> {
    let now = progress;
    while (now.status === 'working') {
      onHandle?.(now.handle);
      now = await work.advance(now.handle, never);
    }
    if (now.status === 'failed') throw new Error(now.message);
    return now.value;
  }

  describe(`${name} as long work`, { timeout: 60_000 }, () => {
    it('gives the same under a key that was started before, finished or not', async () => {
      const { work, request } = await make();
      const first = await work.start('a', request(1), never);
      const joined = await work.start('a', request(1), never);
      const value = await finish(work, first);
      expect(await finish(work, joined)).toEqual(value);
      expect(await finish(work, await work.start('a', request(1), never))).toEqual(value);
    });

    it('can be asked again with a handle that it was asked with before', async () => {
      const { work, request } = await make();
      const handles: Json[] = [];
      const value = await finish(work, await work.start('b', request(2), never), (handle) => handles.push(handle));
      for (const handle of handles) expect(await finish(work, await work.advance(handle, never))).toEqual(value);
    });

    it('hands on handles that survive JSON, and waits within the limit', async () => {
      const { work, request } = await make();
      const progress = await work.start('c', request(3), never);
      if (progress.status !== 'working') return;
      expect(JSON.parse(JSON.stringify(progress.handle))).toEqual(progress.handle);
      expect(progress.waitSeconds).toBeGreaterThanOrEqual(0);
      expect(progress.waitSeconds).toBeLessThanOrEqual(300);
    });
  });
}
