/** Of a header, and what files are padded to. */
export const blockBytes = 512;
const field = (header: Uint8Array, from: number, to: number): string =>
  Buffer.from(header.subarray(from, to)).toString('utf8').split('\0', 1)[0] ?? '';

/** A file of an archive: its bytes, and those that it takes there. */
export interface ArchiveEntry {
  readonly name: string;
  readonly size: number;
  readonly padded: number;
}

/** What a header says; `end` after the last file, null for what is no header. */
export function entryOf(header: Uint8Array): ArchiveEntry | 'end' | null {
  if (header.every((byte) => byte === 0)) return 'end';
  const size = Number.parseInt(field(header, 124, 136).trim(), 8);
  if (field(header, 257, 262) !== 'ustar' || !(size >= 0)) return null;
  const prefix = field(header, 345, 500);
  const name = field(header, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    padded: Math.ceil(size / blockBytes) * blockBytes,
  };
}

/**
 * Files of an uncompressed archive as training jobs write them (POSIX ustar, plain files alone), by name. They are views
 * of the bytes.
 * @throws RangeError for what is no such archive
 */
export function readArchive(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (at + blockBytes <= bytes.length) {
    const entry = entryOf(bytes.subarray(at, at + blockBytes));
    if (entry === 'end') return files;
    const begin = at + blockBytes;
    if (entry === null || begin + entry.size > bytes.length) break;
    files.set(entry.name, bytes.subarray(begin, begin + entry.size));
    at = begin + entry.padded;
  }
  throw new RangeError('it is no archive of a training job');
}
