import { JSONParser } from '@streamparser/json';
import { RatchetError } from '../../domain/base/errors.ts';
import type { SourceRecord } from '../../ports/source-record.ts';
import type { FileHead, UnreadableRecord } from '../../ports/trace-format.ts';
import { parseJsonObject } from '../parse-json-line.ts';
import { maxLineBytes, readLines } from '../read-lines.ts';
import { type Cut, DocumentCutter } from './document-cutter.ts';
import { peek } from './peek.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** An object of a file, in whatever container it stood. */
export type JsonRecord = SourceRecord;

/** How JSON objects stand in a file: one a line, or in lists and documents over any number of lines. */
export type JsonContainer = 'lines' | 'documents';

export interface RecordOptions {
  /** Of the longest record, in bytes. */
  readonly maxBytes?: number;
  /** Keys whose list holds the records where a document is the answer of an interface, such as `data`. */
  readonly lists?: ReadonlySet<string>;
}

/** Under what keys interfaces answer with a list of records. */
export const answerLists: ReadonlySet<string> = new Set([
  'data',
  'traces',
  'observations',
  'scores',
  'inferences',
  'items',
  'results',
  'records',
  'rows',
  'examples',
  'runs',
  'feedback',
]);

/**
 * The objects of a file of JSON: one a line, or a list of them, or pretty documents, or answers of an interface with a
 * list in them. What cannot be read is named and passed over.
 *
 * Whole numbers beyond 2^53 are texts of their digits, which no number holds.
 * @param chunks the file's bytes, unpacked
 * @param name of the file, for messages
 * @throws RatchetError InvalidInput where a list does not end, or holds no objects
 */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  { maxBytes = maxLineBytes, lists = answerLists }: RecordOptions = {},
): AsyncGenerator<JsonRecord | UnreadableRecord> {
  const { head, chunks: all } = await peek(chunks);
  if (jsonContainerOf(head, lists) === 'documents') yield* readDocuments(all, name, { maxBytes, lists });
  else yield* readJsonLines(all, maxBytes);
}

/** How the objects of a file of JSON stand in it; null where it is surely no JSON. */
export function jsonContainerOf(head: FileHead, lists: ReadonlySet<string> = answerLists): JsonContainer | null {
  const text = head.text.replace(/^[\s\uFEFF]+/, '');
  if (text.startsWith('[')) return 'documents';
  if (!text.startsWith('{')) return null;
  const [first = '', second = ''] = text.split('\n', 2).map((line) => line.trimEnd());
  const cutter = new DocumentCutter({ maxBytes: Number.POSITIVE_INFINITY, lists });
  const cuts = [...cutter.push(new TextEncoder().encode(first))];
  if (cutter.envelopes > 0 || cuts.length > 1) return 'documents';
  // A line that ends within a string is cut off; one that ends after a bracket or a comma goes on.
  const goesOn = cutter.within === 'record' && /[{[,:]$/.test(first) && !second.startsWith('{"');
  return goesOn ? 'documents' : 'lines';
}

/**
 * The first records of a file, by whose shape its format is told: whole ones, or what there is of one that is longer
 * than the head.
 */
export function firstRecords(head: FileHead, lists: ReadonlySet<string> = answerLists): readonly JsonObject[] {
  const container = jsonContainerOf(head, lists);
  if (container === null) return [];
  const [texts, rest] = container === 'lines' ? firstLines(head) : firstDocuments(head, lists);
  const whole = texts.slice(0, 5).flatMap((text) => {
    const parsed = parseJsonObject(text);
    return parsed.ok ? [parsed.value] : [];
  });
  if (whole.length > 0 || head.whole) return whole;
  const partial = beginningOf(rest);
  return partial === null ? [] : [partial];
}

function firstLines({ text, whole }: FileHead): [readonly string[], string] {
  const lines = text.split('\n').map((line) => line.replace(/^\uFEFF/, ''));
  const rest = whole ? '' : (lines.pop() ?? '');
  return [lines.filter((line) => line.trim() !== ''), rest];
}

function firstDocuments({ bytes }: FileHead, lists: ReadonlySet<string>): [readonly string[], string] {
  const cutter = new DocumentCutter({ maxBytes: maxLineBytes, lists });
  const texts: string[] = [];
  for (const cut of cutter.push(bytes)) if (cut.kind === 'record') texts.push(lenient.decode(cut.bytes));
  return [texts, lenient.decode(cutter.partial())];
}

/** The object of which a text is the beginning, as far as it goes; null where it is none. */
function beginningOf(text: string): JsonObject | null {
  let root: unknown = null;
  const parser = new JSONParser({ emitPartialValues: true });
  parser.onValue = ({ parent }) => {
    root ??= parent;
  };
  try {
    parser.write(text);
  } catch {
    // The record is read in full later; here, what stands before the fault is enough.
  }
  return root !== null && typeof root === 'object' ? Object.fromEntries(Object.entries(root)) : null;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

async function* readJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<JsonRecord | UnreadableRecord> {
  for await (const line of readLines(chunks, maxBytes)) {
    if (line.kind === 'unreadable') {
      const { number, head, reason, mend } = line;
      yield { kind: 'unreadable', line: number, text: head, reason, mend };
      continue;
    }
    const parsed = parseJsonObject(line.text);
    yield parsed.ok
      ? { kind: 'record', line: line.number, text: line.text, value: parsed.value }
      : unreadable(line.number, line.text, parsed.problem);
  }
}

async function* readDocuments(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: { readonly maxBytes: number; readonly lists: ReadonlySet<string> },
): AsyncGenerator<JsonRecord | UnreadableRecord> {
  const cutter = new DocumentCutter(options);
  let isFirst = true;
  const read = (cut: Cut): JsonRecord | UnreadableRecord => {
    if (cut.kind === 'record') return recordOf(cut.place, cut.bytes);
    const text = lenient.decode(cut.head);
    if (cut.kind === 'too-long') {
      const reason = `the record has ${cut.length} bytes, more than ${options.maxBytes}`;
      return unreadable(cut.place, text, { reason, mend: 'shorten its texts' });
    }
    if (cut.kind === 'cut-off') {
      const reason = 'the file ends in the middle of this record';
      return unreadable(cut.place, text, { reason, mend: 'export or copy the file again' });
    }
    if (cut.inList && isFirst) {
      throw new RatchetError('InvalidInput', `${name} is a JSON list, but not of objects.`, {
        mend: 'Write a list of objects, or one object a line.',
      });
    }
    return unreadable(cut.place, text, { reason: 'not a JSON object', mend: 'write one JSON object for each record' });
  };
  for await (const chunk of chunks) {
    for (const cut of cutter.push(chunk)) {
      yield read(cut);
      isFirst = false;
    }
  }
  const rest = [...cutter.end()];
  yield* rest.map(read);
  if (cutter.isInList && rest.length === 0) {
    throw new RatchetError('InvalidInput', `${name} is cut off: its list of records does not end.`, {
      mend: 'Export or copy the file again. What stands before the cut was read.',
    });
  }
}

function recordOf(place: number, bytes: Uint8Array): JsonRecord | UnreadableRecord {
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    const mend = 'save the file as UTF-8';
    return unreadable(place, lenient.decode(bytes), { reason: 'the record is not valid UTF-8', mend });
  }
  const parsed = parseJsonObject(text);
  if (parsed.ok) return { kind: 'record', line: place, text, value: parsed.value };
  const { reason, mend } = parsed.problem;
  return unreadable(place, text, { reason, mend: reason.startsWith('not JSON') ? 'correct the record' : mend });
}

/** A record that cannot be read. */
export function unreadable(
  line: number,
  text: string,
  { reason, mend }: { readonly reason: string; readonly mend: string },
): UnreadableRecord {
  return { kind: 'unreadable', line, text, reason, mend };
}
