import { gunzipSync, gzipSync } from 'node:zlib';
import { wordKey } from '../../domain/base/text.ts';
import { type Condition, meetsRaw, textsWithin } from '../../domain/erasure/condition.ts';
import type { ErasedText } from '../../domain/erasure/erased-text.ts';
import { scrubHtml, scrubLines } from '../../domain/erasure/scrub-page.ts';
import { isOfErased, type ScrubOptions, scrubValue } from '../../domain/erasure/scrub-value.ts';
import { withoutTranscripts } from '../../domain/erasure/transcript-marks.ts';

/** Knows all that is to be erased, and collects which examples of datasets go. */
export interface Erasing {
  readonly text: ErasedText;
  /** Null where traces were named by id. */
  readonly condition: Condition | null;
  /** Word keys of erased inputs that no other input has. */
  readonly wordKeys: ReadonlySet<string>;
  readonly examples: { has(datasetId: string, exampleId: string): boolean };
  /** Whether what agents said goes as a whole, since they may have quoted what is erased. */
  readonly transcripts: boolean;
}

export type ScrubbedObject =
  | { readonly kind: 'same' }
  /** It cannot be looked into. */
  | { readonly kind: 'closed'; readonly why: string }
  | {
      readonly kind: 'changed';
      readonly body: Uint8Array;
      /** Lines and list entries that were dropped; 0 where only texts within were replaced. */
      readonly dropped: number;
      /** The dropped lines. */
      readonly lines: readonly unknown[];
    };

/** A line longer than this was cut by versions that did not say so. */
const earlierHead = 300;

/** Lines of a quarantine file that were cut, which may say more than is there to look into; those that go apart. */
export function cutLinesIn(bytes: Uint8Array, erasing: Erasing): number {
  const options: ScrubOptions = { text: erasing.text, examples: erasing.examples };
  return (decode(bytes) ?? '').split('\n').filter((line) => {
    const value = parseJson(line)?.value;
    const text = textField(value, 'text');
    if (text === null || isQuarantinedOfErased(value, text, erasing, options)) return false;
    // Where ids were given, a line that names its own says all that there is to know.
    if (erasing.condition === null && textField(value, 'traceId') !== null) return false;
    const cut = fieldOf(value, 'cut');
    return typeof cut === 'boolean' ? cut : text.length >= earlierHead - 3;
  }).length;
}

const same: ScrubbedObject = { kind: 'same' };

/** An object's bytes without what comes from erased traces; the form is told by the key. */
export function scrubObject(key: string, bytes: Uint8Array, erasing: Erasing): ScrubbedObject {
  const options: ScrubOptions = { text: erasing.text, examples: erasing.examples };
  if (key.startsWith('drops/')) return scrubDrop(bytes, { ...options, anyField: true });
  if (/\.(bin|parquet)$/.test(key)) return same;
  const text = decode(bytes);
  if (text === null) return { kind: 'closed', why: 'it is no text' };
  if (key.endsWith('.jsonl')) return scrubJsonl(text, lineDropper(key, erasing, options), options);
  if (key.endsWith('.json')) return scrubJson(text, options);
  const said = erasing.transcripts ? withoutTranscripts(text) : text;
  const page = key.endsWith('.html') ? scrubHtml(said, erasing.text) : scrubLines(text, erasing.text);
  return page === text ? same : { kind: 'changed', body: encode(page), dropped: 0, lines: [] };
}

/** Whether a line goes as a whole. */
type LineDropper = (value: unknown) => boolean;

function lineDropper(key: string, erasing: Erasing, options: ScrubOptions): LineDropper {
  const { wordKeys } = erasing;
  if (key.startsWith('quarantine/')) {
    return (value) => {
      const line = textField(value, 'text');
      return line === null ? isOfErased(value, options) : isQuarantinedOfErased(value, line, erasing, options);
    };
  }
  if (key.includes('/splits/')) {
    return (value) => {
      const words = textField(value, 'words');
      return words !== null && wordKeys.has(wordKey(words));
    };
  }
  return (value) => isOfErased(value, options);
}

/** Whether a bad line speaks of an erased trace, by its id, by what it says, or by the condition. */
function isQuarantinedOfErased(bad: unknown, line: string, erasing: Erasing, options: ScrubOptions): boolean {
  const { text, condition } = erasing;
  const traceId = textField(bad, 'traceId');
  if (traceId !== null && text.isId(traceId)) return true;
  const parsed = parseJson(line)?.value;
  if (condition !== null) {
    if (meetsRaw(condition, line, parsed)) return true;
    if (traceId !== null && meetsRaw(condition, JSON.stringify({ traceId }), { traceId })) return true;
  }
  if (typeof parsed === 'object' && parsed !== null) {
    // Codes and names of fields of other lines may be words of an erased text.
    const says = textsWithin(parsed).some((one) => text.scrub(one, false) !== one);
    return says || isOfErased(parsed, { ...options, anyField: true });
  }
  const plain = line.replace(/\\[nrt]/g, ' ');
  return text.scrub(plain) !== plain;
}

function scrubJsonl(text: string, isDropped: LineDropper, options: ScrubOptions): ScrubbedObject {
  const kept: string[] = [];
  const lines: unknown[] = [];
  let changed = false;
  let dropped = 0;
  for (const line of text.split('\n')) {
    const parsed = line.trim() === '' ? undefined : parseJson(line);
    if (parsed === undefined) {
      const scrubbed = options.text.scrub(line);
      changed ||= scrubbed !== line;
      kept.push(scrubbed);
      continue;
    }
    if (isDropped(parsed.value)) {
      lines.push(parsed.value);
      continue;
    }
    const scrubbed = scrubValue(parsed.value, options);
    dropped += scrubbed.dropped;
    changed ||= scrubbed.changed;
    kept.push(scrubbed.changed ? JSON.stringify(scrubbed.value) : line);
  }
  if (!changed && lines.length === 0) return same;
  return { kind: 'changed', body: encode(kept.join('\n')), dropped: dropped + lines.length, lines };
}

function scrubJson(text: string, options: ScrubOptions): ScrubbedObject {
  const parsed = parseJson(text);
  if (parsed === undefined) return { kind: 'closed', why: 'it is no JSON' };
  const { value, dropped, changed } = scrubValue(parsed.value, options);
  if (!changed) return same;
  return { kind: 'changed', body: encode(`${JSON.stringify(value)}\n`), dropped, lines: [] };
}

/** A file as it was dropped: JSON or JSON lines, packed or not, are mended; of others it is told where one is there. */
function scrubDrop(bytes: Uint8Array, options: ScrubOptions): ScrubbedObject {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = decode(packed ? unpacked(bytes) : bytes);
  if (text === null) return { kind: 'closed', why: 'it is no text, and cannot be looked into' };
  const found = scrubDropText(text, options);
  return found.kind === 'changed' && packed ? { ...found, body: gzipSync(found.body) } : found;
}

function scrubDropText(text: string, options: ScrubOptions): ScrubbedObject {
  const first = text.trimStart()[0];
  if (first === '{' || first === '[') {
    if (parseJson(text) !== undefined) return scrubJson(text, options);
    return scrubJsonl(text, (value) => isOfErased(value, options), options);
  }
  const scrubbed = scrubLines(text, options.text);
  return scrubbed === text ? same : { kind: 'closed', why: 'it is no JSON, and what was erased may stand in it' };
}

function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch {
    return Uint8Array.of(0xff);
  }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function textField(value: unknown, name: string): string | null {
  const found = fieldOf(value, name);
  return typeof found === 'string' ? found : null;
}

function fieldOf(value: unknown, name: string): unknown {
  return Object.entries(value ?? {}).find(([key]) => key === name)?.[1];
}
