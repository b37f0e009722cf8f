import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RatchetError } from '../domain/base/errors.ts';
import { unzstd } from './unzstd.ts';

export interface UnpackLimits {
  /** Unpacked bytes at most. */
  readonly bytes: number;
  /** Unpacked bytes for each packed one at most, once {@link ratioFrom} bytes are unpacked. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

/** Far above what text comes to: JSON lines pack to between a fifth and a fiftieth. */
export const unpackLimits: UnpackLimits = { bytes: 4 * 2 ** 30, ratio: 200, ratioFrom: 64 * 2 ** 20 };

const chunkBytes = 2 ** 18;

type Packing = 'gzip' | 'zstd' | null;

/**
 * Bytes as they are, or unpacked when they are gzip or zstd (told by their first bytes, not by a name; parts packed one
 * by one and put together too), in bounded memory.
 * @throws RatchetError InvalidInput, while reading, for what is damaged, for what unpacks beyond the limits, and for a
 * zip archive, which holds files of its own
 */
export async function* unpack(
  source: AsyncIterable<Uint8Array>,
  name: string,
  limits: UnpackLimits = unpackLimits,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let packed = 0;
  const head: Uint8Array[] = [];
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    yield* head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      packed += next.value.length;
      yield next.value;
    }
  };
  try {
    while (packed < 4) {
      const next = await iterator.next();
      if (next.done === true) break;
      packed += next.value.length;
      head.push(next.value);
    }
    const packing = packingOf(Buffer.concat(head.map((chunk) => chunk.subarray(0, 4))), name);
    let unpacked = 0;
    const grow = (bytes: number): void => {
      unpacked += bytes;
      const outOfProportion = packing !== null && unpacked > limits.ratioFrom && unpacked > packed * limits.ratio;
      if (unpacked > limits.bytes || outOfProportion) throw tooLarge(name, packed, unpacked);
    };
    if (packing === 'zstd') {
      yield* unzstd(rest(), grow);
      return;
    }
    for await (const chunk of packing === 'gzip' ? gunzip(rest()) : rest()) {
      grow(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw isZlibFault(error) ? damaged(name, error) : error;
  } finally {
    await iterator.return?.();
  }
}

/** @throws RatchetError InvalidInput for a zip archive */
function packingOf([first, second, third, fourth]: Uint8Array, name: string): Packing {
  if (first === 0x1f && second === 0x8b) return 'gzip';
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return 'zstd';
  if (first === 0x50 && second === 0x4b && third === 0x03 && fourth === 0x04) {
    throw new RatchetError('InvalidInput', `${name} is a zip archive (as Excel workbooks are).`, {
      mend: 'Unpack it and name the files in it; save a sheet as CSV.',
    });
  }
  return null;
}

function gunzip(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const output = createGunzip({ chunkSize: chunkBytes });
  // A fault destroys the output with it, so whoever reads the output gets to see it.
  pipeline(Readable.from(source), output, () => undefined);
  return output;
}

function isZlibFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_)/.test(String(error.code));
}

function damaged(name: string, cause: Error): RatchetError {
  return new RatchetError('InvalidInput', `${name} is damaged: ${cause.message}.`, {
    cause,
    mend: 'Pack the file again, or fetch it again.',
  });
}

function tooLarge(name: string, packed: number, unpacked: number): RatchetError {
  const message = `${name} unpacks to more than it may: ${packed} bytes have come to ${unpacked} already.`;
  return new RatchetError('InvalidInput', message, { mend: 'Split the file into smaller ones, and bring those in.' });
}
