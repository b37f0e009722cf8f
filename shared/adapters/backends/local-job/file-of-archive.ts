import { open } from 'node:fs/promises';
import { blockBytes, entryOf } from '../jobs/read-archive.ts';

/**
 * One file of an archive of a training job, of which the rest, weights above all, is not read.
 * @returns null where it has no such file
 * @throws RangeError for what is no such archive
 */
export async function fileOfArchive(path: string, name: string): Promise<Uint8Array | null> {
  const file = await open(path);
  try {
    const { size: length } = await file.stat();
    let at = 0;
    while (at + blockBytes <= length) {
      const header = new Uint8Array(blockBytes);
      await file.read(header, 0, blockBytes, at);
      const entry = entryOf(header);
      if (entry === 'end') return null;
      const begin = at + blockBytes;
      if (entry === null || begin + entry.size > length) break;
      if (entry.name === name) {
        const bytes = new Uint8Array(entry.size);
        await file.read(bytes, 0, entry.size, begin);
        return bytes;
      }
      at = begin + entry.padded;
    }
  } finally {
    await file.close();
  }
  throw new RangeError('it is no archive of a training job');
}
