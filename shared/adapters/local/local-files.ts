import type { ObjectStore } from '../../ports/object-store.ts';

/**
 * Runs `use` with local files of several objects at once, in the order of the keys.
 * @throws RatchetError `ObjectMissing` when one of them is not there
 */
export async function withLocalFiles<T>(
  objects: ObjectStore,
  keys: readonly string[],
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const finished = Promise.withResolvers<void>();
  const held = keys.map((key) => {
    const opened = Promise.withResolvers<string>();
    const closed = objects.withLocalFile(key, async (path) => {
      opened.resolve(path);
      await finished.promise;
    });
    closed.catch(opened.reject);
    return { opened: opened.promise, closed };
  });
  try {
    return await use(await Promise.all(held.map(({ opened }) => opened)));
  } finally {
    finished.resolve();
    await Promise.allSettled(held.map(({ closed }) => closed));
  }
}
