import { RatchetError } from '../domain/base/errors.ts';
import type { FileHead, TraceFormat } from '../ports/trace-format.ts';
import { kindOfFile } from './kind-of-file.ts';

const headBytes = 64 * 1024;

/** A file whose format is known, its bytes from the beginning on; null where it is empty. */
export interface RecognisedFile {
  readonly format: TraceFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Tells the format of a file by its content: the first of the formats that recognises its beginning.
 * @param chunks the file's bytes, unpacked
 * @param name of the file, for messages
 * @param wanted name of the format, where somebody has said it; null to look for it
 * @returns null for a file without content
 * @throws RatchetError InvalidInput with what the file looks like, and the way out
 */
export async function detectFormat(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  formats: readonly TraceFormat[],
  wanted: string | null = null,
): Promise<RecognisedFile | null> {
  const named = wanted === null ? null : formatNamed(wanted, formats);
  const iterator = withoutMark(chunks)[Symbol.asyncIterator]();
  const begun = await readHead(iterator);
  const { head } = begun;
  if (head.whole && head.text.trim() === '') return null;
  const format = named ?? formats.find((candidate) => candidate.detects(head));
  if (format === undefined) {
    await iterator.return(undefined);
    const { looksLike, mend } = kindOfFile(head, formats);
    throw new RatchetError('InvalidInput', `${name} ${looksLike}.`, { mend });
  }
  return { format, chunks: joined(begun, iterator) };
}

/** @throws RatchetError InvalidInput for a name that no format has */
export function formatNamed(name: string, formats: readonly TraceFormat[]): TraceFormat {
  const found = formats.find((format) => format.name === name);
  if (found !== undefined) return found;
  throw new RatchetError('InvalidInput', `There is no format ${JSON.stringify(name.slice(0, 80))}.`, {
    mend: `Formats are: ${formats.map((format) => format.name).join(', ')}.`,
  });
}

interface ReadHead {
  readonly head: FileHead;
  readonly read: readonly Uint8Array[];
  /** What ended the reading before its time; what was read until then counts. */
  readonly fault: { readonly error: unknown } | null;
}

async function readHead(iterator: AsyncIterator<Uint8Array>): Promise<ReadHead> {
  const read: Uint8Array[] = [];
  let length = 0;
  let whole = false;
  let fault: ReadHead['fault'] = null;
  try {
    while (length < headBytes && !whole) {
      const next = await iterator.next();
      if (next.done === true) whole = true;
      else {
        read.push(next.value);
        length += next.value.length;
      }
    }
  } catch (error) {
    if (length === 0) throw error;
    fault = { error };
  }
  const bytes = Buffer.concat(read).subarray(0, headBytes);
  return {
    head: { bytes, text: new TextDecoder().decode(bytes), whole: whole && length <= headBytes },
    read,
    fault,
  };
}

async function* joined({ read, fault }: ReadHead, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* read;
    if (fault !== null) throw fault.error;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** The bytes without the byte order mark that some editors write first. */
async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (first === null) {
      yield chunk;
      continue;
    }
    first = Buffer.concat([first, chunk]);
    if (first.length < 3) continue;
    yield startsWithMark(first) ? first.subarray(3) : first;
    first = null;
  }
  if (first !== null && first.length > 0) yield first;
}

function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
