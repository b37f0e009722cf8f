import type { FileHead } from '../../ports/trace-format.ts';

/** How much of a file its format is told by. */
export const headBytes = 65_536;

const lenient = new TextDecoder();

/** Bytes as a {@link FileHead}. */
export function headOf(bytes: Uint8Array, whole: boolean): FileHead {
  return { bytes, text: lenient.decode(bytes), whole };
}

/**
 * Reads the beginning of a file ahead of the rest.
 * @returns the head, and all chunks from the first on; they are read once
 */
export async function peek(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ head: FileHead; chunks: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (length < headBytes) {
    const next = await iterator.next();
    if (next.done === true) {
      ended = true;
      break;
    }
    // A copy: the source may write into its memory again.
    read.push(next.value.slice());
    length += next.value.length;
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* read;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  const bytes = Buffer.concat(read);
  return { head: headOf(bytes.subarray(0, headBytes), ended && length <= headBytes), chunks: all() };
}
