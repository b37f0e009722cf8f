import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unpack } from '../../../shared/intake/unpack.ts';
import { rejection } from '../../helpers/rejection.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpacked(bytes: Uint8Array, size = 1_000): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of unpack(inPieces(bytes, size), 'the file')) parts.push(part);
  return Buffer.concat(parts);
}

describe('unpack', () => {
  test('gives the same bytes back, packed or not, in one part or many, however they arrive', async () => {
    const pack = fc.constantFrom(gzipSync, zstdCompressSync, (bytes: Uint8Array) => Buffer.from(bytes));
    const parts = fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(pack, parts, fc.integer({ min: 1, max: 300 }), async (packed, contents, size) => {
        const plain = Buffer.concat(contents);
        const looksPacked = [0x1f, 0x28, 0x50].includes(plain[0] ?? 0) && packed !== gzipSync;
        fc.pre(!looksPacked);
        expect(await unpacked(Buffer.concat(contents.map((part) => packed(part))), size)).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  test('says that zstd is damaged where it was cut or overwritten', async () => {
    const whole = zstdCompressSync(Buffer.from('a line of a file\n'.repeat(50)));
    expect((await rejection(unpacked(whole.subarray(0, -5)))).message).toContain('the file is damaged');
    expect((await rejection(unpacked(Buffer.concat([whole.subarray(0, 6), Buffer.alloc(40, 7)])))).message).toContain(
      'the file is damaged',
    );
  });

  test('gives up zstd that unpacks to far more than its size', async () => {
    const error = await rejection(unpacked(zstdCompressSync(Buffer.alloc(2 ** 27))));
    expect(error.message).toContain('unpacks to more than it may');
    expect(error.mend).toBe('Split the file into smaller ones, and bring those in.');
  });

  test('names a zip archive and the way out', async () => {
    const error = await rejection(unpacked(Buffer.from('PK\u0003\u0004 and so on')));
    expect(error.message).toContain('the file is a zip archive');
    expect(error.mend).toContain('name the files in it');
  });
});
