import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { RatchetError } from '../shared/domain/base/errors.ts';
import { unpack, unpackLimits } from '../shared/intake/unpack.ts';

/** Who names a file of theirs may have a large one; what unpacks out of all proportion is refused all the same. */
const limits = { ...unpackLimits, bytes: Number.POSITIVE_INFINITY };

/**
 * The bytes of an input file, unpacked when they are gzip (told by their first bytes, not by the name); `-` is stdin.
 * @throws RatchetError InvalidInput, at once when the file cannot be opened, while reading when it is damaged
 */
export async function openInput(path: string, stdin: NodeJS.ReadableStream): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return readable(unpack(bytesOf(stdin), 'standard input', limits), 'standard input');
  await checkInput(path);
  return readable(unpack(createReadStream(path, { highWaterMark: 1 << 18 }), path, limits), path);
}

/**
 * The bytes of an input file as they are, packed or not.
 * @throws RatchetError InvalidInput as {@link openInput} does
 */
export async function openBytes(path: string, stdin: NodeJS.ReadableStream): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return readable(bytesOf(stdin), 'standard input');
  await checkInput(path);
  return readable(createReadStream(path, { highWaterMark: 1 << 18 }), path);
}

/** Makes sure that an input file is there, before anything is begun. @throws RatchetError InvalidInput */
export async function checkInput(path: string): Promise<void> {
  if (path === '-') return;
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (found.isDirectory())
    throw new RatchetError('InvalidInput', `${path} is a directory.`, { mend: 'Name the files in it.' });
}

/** How an input is named to people. */
export function inputName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

async function* bytesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}

async function* readable(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): RatchetError {
  if (error instanceof RatchetError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOENT')
    return new RatchetError('InvalidInput', `There is no file ${name}.`, { mend: 'Check the path.' });
  return new RatchetError('InvalidInput', `${name} cannot be read: ${message}.`, {
    mend: 'Check the path and its permissions.',
    cause: error,
  });
}
