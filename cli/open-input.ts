import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RatchetError } from '../shared/errors.ts';

/**
 * The bytes of an input file, unpacked when they are gzip (told by their first bytes, not by the name); `-` is stdin.
 * @throws RatchetError InvalidInput, at once when the file cannot be opened, while reading when it is damaged
 */
export async function openInput(path: string, stdin: NodeJS.ReadableStream): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return unpacked(bytesOf(stdin), 'standard input');
  await checkInput(path);
  return unpacked(createReadStream(path, { highWaterMark: 1 << 18 }), path);
}

/** The bytes of an input file as they are, packed or not. @throws RatchetError InvalidInput as {@link openInput} does */
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

async function* unpacked(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  const rest = async function* (first: Uint8Array): AsyncGenerator<Uint8Array> {
    yield first;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  };
  try {
    const first = await iterator.next();
    if (first.done === true) return;
    const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
    yield* isGzip ? gunzip(rest(first.value)) : rest(first.value);
  } catch (error) {
    throw unreadable(name, error);
  } finally {
    await iterator.return?.();
  }
}

async function* readable(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    throw unreadable(name, error);
  }
}

function gunzip(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const output = createGunzip({ chunkSize: 1 << 18 });
  // A fault destroys the output with it, so whoever reads the output gets to see it.
  pipeline(Readable.from(source), output, () => undefined);
  return output;
}

function unreadable(name: string, error: unknown): RatchetError {
  if (error instanceof RatchetError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOENT')
    return new RatchetError('InvalidInput', `There is no file ${name}.`, { mend: 'Check the path.' });
  if (code.startsWith('Z_')) {
    return new RatchetError('InvalidInput', `${name} is damaged: ${message}.`, {
      mend: 'Pack the file with gzip again.',
      cause: error,
    });
  }
  return new RatchetError('InvalidInput', `${name} cannot be read: ${message}.`, {
    mend: 'Check the path and its permissions.',
    cause: error,
  });
}
