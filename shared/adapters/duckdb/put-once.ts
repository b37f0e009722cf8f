import { digest } from '../../domain/base/ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/**
 * Leaves what is there alone, since another process may be about to commit it or a reader at it: bytes that differ, as
 * those of an append that died and was arrived at otherwise, get a key of their own.
 * @returns the key they are under
 */
export async function putOnce(objects: ObjectStore, key: string, body: Uint8Array): Promise<string> {
  if (await objects.putIfAbsent(key, body)) return key;
  const found = await objects.get(key);
  if (found !== undefined && Buffer.compare(found, body) === 0) return key;
  const other = key.replace(/\.parquet$/, `.x${digest(body).slice(0, 8)}.parquet`);
  await objects.put(other, body);
  return other;
}
