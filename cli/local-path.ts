import type { ObjectStore } from '../shared/ports/object-store.ts';

/** Where an object of a workspace lies on disk. @throws RatchetError ObjectMissing */
export function localPath(key: string, objects: ObjectStore): Promise<string> {
  return objects.withLocalFile(key, async (path) => path);
}
