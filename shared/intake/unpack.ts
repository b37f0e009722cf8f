import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RatchetError } from '../domain/base/errors.ts';

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

/**
 * Bytes as they are, or unpacked when they are gzip (told by their first two bytes, not by a name), in bounded memory.
 * @throws RatchetError InvalidInput, while reading, for damaged gzip and for what unpacks beyond the limits
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
    while (packed < 2) {
      const next = await iterator.next();
      if (next.done === true) break;
      packed += next.value.length;
      head.push(next.value);
    }
    const [first, second] = Buffer.concat(head.map((chunk) => chunk.subarray(0, 2)));
    const isGzip = first === 0x1f && second === 0x8b;
    let unpacked = 0;
    for await (const chunk of isGzip ? gunzip(rest()) : rest()) {
      unpacked += chunk.length;
      if (unpacked > limits.bytes || (isGzip && unpacked > limits.ratioFrom && unpacked > packed * limits.ratio)) {
        throw tooLarge(name, packed, unpacked);
      }
      yield chunk;
    }
  } catch (error) {
    throw isZlibFault(error) ? damaged(name, error) : error;
  } finally {
    await iterator.return?.();
  }
}

function gunzip(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const output = createGunzip({ chunkSize: chunkBytes });
  // A fault destroys the output with it, so whoever reads the output gets to see it.
  pipeline(Readable.from(source), output, () => undefined);
  return output;
}

function isZlibFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function damaged(name: string, cause: Error): RatchetError {
  return new RatchetError('InvalidInput', `${name} is damaged: ${cause.message}.`, {
    cause,
    mend: 'Pack the file with gzip again.',
  });
}

function tooLarge(name: string, packed: number, unpacked: number): RatchetError {
  const message = `${name} unpacks to more than it may: ${packed} bytes have come to ${unpacked} already.`;
  return new RatchetError('InvalidInput', message, { mend: 'Split the file, and drop its parts.' });
}
