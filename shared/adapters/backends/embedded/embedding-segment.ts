import { createHash } from 'node:crypto';

/** A vector and the key it is found by: {@link keyLength} hex digits. */
export interface SegmentEntry {
  readonly key: string;
  readonly vector: Float32Array;
}

export const keyLength = 32;
const magic = 'RTCHEMB1';
const headerBytes = 16;
const digestBytes = 32;
const keyBytes = keyLength / 2;

/**
 * Magic, number of entries, keys, vectors, and the SHA-256 of all that; little-endian.
 * @param width floats of a vector
 */
export function encodeSegment(entries: readonly SegmentEntry[], width: number): Uint8Array {
  const vectorBytes = width * 4;
  const bytes = Buffer.alloc(headerBytes + entries.length * (keyBytes + vectorBytes) + digestBytes);
  bytes.write(magic, 'latin1');
  bytes.writeUInt32LE(entries.length, 8);
  entries.forEach(({ key, vector }, index) => {
    bytes.write(key, headerBytes + index * keyBytes, 'hex');
    const raw = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    raw.copy(bytes, headerBytes + entries.length * keyBytes + index * vectorBytes);
  });
  const end = bytes.length - digestBytes;
  createHash('sha256').update(bytes.subarray(0, end)).digest().copy(bytes, end);
  return bytes;
}

/** Keys and where their vectors begin, in bytes. Empty for anything that is not a whole segment. */
export function decodeSegment(
  segment: Uint8Array,
  width: number,
): readonly { readonly key: string; readonly offset: number }[] {
  const vectorBytes = width * 4;
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength);
  if (bytes.length < headerBytes + digestBytes || bytes.toString('latin1', 0, magic.length) !== magic) {
    return [];
  }
  const count = bytes.readUInt32LE(8);
  const end = headerBytes + count * (keyBytes + vectorBytes);
  if (
    bytes.length !== end + digestBytes ||
    !createHash('sha256').update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end))
  ) {
    return [];
  }
  return Array.from({ length: count }, (_, index) => {
    const from = headerBytes + index * keyBytes;
    return {
      key: bytes.toString('hex', from, from + keyBytes),
      offset: headerBytes + count * keyBytes + index * vectorBytes,
    };
  });
}

/** The vector at an offset of a segment. */
export function vectorAt(bytes: Uint8Array, offset: number, width: number): Float32Array {
  return new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + width * 4)).buffer);
}
