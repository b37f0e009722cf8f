import { RatchetError } from '../shared/domain/base/errors.ts';

/**
 * The bytes of a program's stream; texts of it are written in UTF-8.
 * @param name of the stream, in errors
 * @throws RatchetError InvalidInput where it gives something else, or breaks off
 */
export async function* streamBytes(stream: AsyncIterable<unknown>, name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield bytes(chunk, name);
  } catch (error) {
    if (error instanceof RatchetError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new RatchetError('InvalidInput', `${name} cannot be read: ${message}.`, {
      mend: 'See why the stream broke off, then give it anew.',
      cause: error,
    });
  }
}

function bytes(chunk: unknown, name: string): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  throw new RatchetError('InvalidInput', `${name} gives something else than bytes.`, {
    mend: 'Give a stream of bytes (Uint8Array), or the path of a file.',
  });
}
