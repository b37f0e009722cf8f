import type { ZodType } from 'zod';
import { RatchetError } from '../domain/base/errors.ts';
import type { ObjectStore } from './object-store.ts';

/** Texts are joined and decoded in pieces of about this many units, far below the longest string of the engine. */
const pieceLength = 4 * 1024 * 1024;
const newline = 10;

/**
 * JSON lines, each ended by a newline, in UTF-8. The total may exceed the longest string; one record may not.
 * @throws RatchetError `InvalidInput` for a record that JSON cannot express, such as `undefined`
 */
export function encodeJsonl(records: Iterable<unknown>): Uint8Array {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  let lines: string[] = [];
  let length = 0;
  let count = 0;
  for (const record of records) {
    const line = JSON.stringify(record) as string | undefined;
    count += 1;
    if (line === undefined) throw new RatchetError('InvalidInput', `Record ${count} cannot be written as JSON.`);
    lines.push(line, '\n');
    length += line.length + 1;
    if (length >= pieceLength) {
      pieces.push(encoder.encode(lines.join('')));
      lines = [];
      length = 0;
    }
  }
  pieces.push(encoder.encode(lines.join('')));
  return concatenate(pieces);
}

/**
 * Records of JSON lines, in order, each checked by the schema.
 * @param key names the object in errors
 * @throws RatchetError `CorruptArtifact` with key and line number, for a line that is not UTF-8, not JSON, or of
 * another form
 */
export function decodeJsonl<T>(bytes: Uint8Array, schema: ZodType<T>, key: string): T[] {
  const records: T[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = pieceEnd(bytes, start);
    const piece = bytes.subarray(start, end);
    const lines = (decodeUtf8(piece) ?? failOnBadText(piece, records.length, key)).split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) records.push(decodeLine(line, schema, key, records.length + 1));
    start = end;
  }
  return records;
}

/**
 * Reads one JSON document.
 * @throws RatchetError `ObjectMissing`, or `CorruptArtifact` when it does not fit the schema
 */
export async function readJson<T>(objects: ObjectStore, key: string, schema: ZodType<T>): Promise<T> {
  const bytes = await readObject(objects, key);
  const text = decodeUtf8(bytes);
  if (text === undefined) throw damaged(key, key, 'not UTF-8 text');
  return decodeValue(text, schema, key, key);
}

/** Writes one JSON document. */
export async function writeJson(objects: ObjectStore, key: string, value: unknown): Promise<void> {
  await objects.put(key, encodeJsonl([value]));
}

/** Reads JSON lines. @throws RatchetError `ObjectMissing`, or `CorruptArtifact` with key and line */
export async function readJsonl<T>(objects: ObjectStore, key: string, schema: ZodType<T>): Promise<T[]> {
  return decodeJsonl(await readObject(objects, key), schema, key);
}

/** Writes JSON lines. */
export async function writeJsonl(objects: ObjectStore, key: string, records: Iterable<unknown>): Promise<void> {
  await objects.put(key, encodeJsonl(records));
}

/** The bytes of an object. @throws RatchetError `ObjectMissing` */
export async function readObject(objects: ObjectStore, key: string): Promise<Uint8Array> {
  const bytes = await objects.get(key);
  if (bytes === undefined) {
    throw new RatchetError('ObjectMissing', `There is no object ${key}.`, { mend: mendOf(key) });
  }
  return bytes;
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/**
 * The end of a piece of whole lines: after the last newline within the piece's length, or after the first one beyond
 * it.
 */
function pieceEnd(bytes: Uint8Array, start: number): number {
  const limit = start + pieceLength;
  if (limit >= bytes.length) return bytes.length;
  const last = bytes.lastIndexOf(newline, limit);
  const end = last >= start ? last : bytes.indexOf(newline, limit);
  return end === -1 ? bytes.length : end + 1;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function failOnBadText(piece: Uint8Array, linesBefore: number, key: string): never {
  let line = linesBefore + 1;
  for (let start = 0; start < piece.length; line += 1) {
    const found = piece.indexOf(newline, start);
    const end = found === -1 ? piece.length : found;
    if (decodeUtf8(piece.subarray(start, end)) === undefined) break;
    start = end + 1;
  }
  throw damaged(key, `${key}, line ${line}`, 'not UTF-8 text');
}

function decodeLine<T>(text: string, schema: ZodType<T>, key: string, line: number): T {
  return decodeValue(text, schema, key, `${key}, line ${line}`);
}

function decodeValue<T>(text: string, schema: ZodType<T>, key: string, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(key, where, 'not JSON', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  throw damaged(key, where, `${path === '' ? '' : `${path}: `}${issue?.message ?? 'another form'}`);
}

function damaged(key: string, where: string, what: string, cause?: unknown): RatchetError {
  return new RatchetError('CorruptArtifact', `${where}: ${what}.`, {
    mend: mendOf(key),
    ...(cause !== undefined && { cause }),
  });
}

/** What to do about an object that is gone or damaged: a run's own are made anew by another run, the rest is not. */
function mendOf(key: string): string {
  return key.startsWith('runs/')
    ? 'It belongs to one run alone: give the same command again, and a new run begins.'
    : 'Restore it from a backup of the workspace, then give the same command again.';
}
