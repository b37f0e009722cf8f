const blockBytes = 512;
const field = (header: Uint8Array, from: number, to: number): string =>
  Buffer.from(header.subarray(from, to)).toString('utf8').split('\0', 1)[0] ?? '';

/**
 * Files of an uncompressed archive as training jobs write them (POSIX ustar, plain files alone), by name. They are views
 * of the bytes.
 * @throws RangeError for what is no such archive
 */
export function readArchive(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (at + blockBytes <= bytes.length) {
    const header = bytes.subarray(at, at + blockBytes);
    if (header.every((byte) => byte === 0)) return files;
    const size = Number.parseInt(field(header, 124, 136).trim(), 8);
    const begin = at + blockBytes;
    if (field(header, 257, 262) !== 'ustar' || !(size >= 0) || begin + size > bytes.length) break;
    const prefix = field(header, 345, 500);
    const name = field(header, 0, 100);
    files.set(prefix === '' ? name : `${prefix}/${name}`, bytes.subarray(begin, begin + size));
    at = begin + Math.ceil(size / blockBytes) * blockBytes;
  }
  throw new RangeError('it is no archive of a training job');
}
