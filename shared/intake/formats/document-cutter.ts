import { headBytes } from '../read-lines.ts';

/** A record that was cut out of JSON documents, or why there is none. */
export type Cut =
  | { readonly kind: 'record'; readonly place: number; readonly bytes: Uint8Array }
  | { readonly kind: 'too-long'; readonly place: number; readonly head: Uint8Array; readonly length: number }
  /** A value in the place of a record that is no object. */
  | { readonly kind: 'no-object'; readonly place: number; readonly head: Uint8Array; readonly inList: boolean }
  /** The bytes ended within a record. */
  | { readonly kind: 'cut-off'; readonly place: number; readonly head: Uint8Array };

export interface CutterOptions {
  /** Of the longest record, in bytes. */
  readonly maxBytes: number;
  /**
   * Keys whose list holds the records, where a document is no record itself but the answer of an interface
   * (`{"data":[…],"meta":{…}}`).
   */
  readonly lists: ReadonlySet<string>;
}

/** A document that has one of these before its list is a record that happens to hold a list. */
const ownKeys: ReadonlySet<string> = new Set([
  'id',
  'traceId',
  'trace_id',
  'input',
  'output',
  'messages',
  'request',
  'timestamp',
]);

const newline = 0x0a;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const backslash = 0x5c;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

const utf8 = new TextDecoder();

type Mode = 'between' | 'list' | 'record' | 'no-object' | 'garbage' | 'tail';

/**
 * Cuts records out of JSON documents in bounded memory, by their brackets and strings alone; whoever takes a record
 * parses it. The documents are objects, one after the other and written over any number of lines, or lists of objects,
 * or objects around such a list. A string that is not closed ends with its line, so a broken record seldom takes the
 * next ones with it.
 *
 * The place of a record is its line, from 1; in a list it is the record's number, from 1.
 */
export class DocumentCutter {
  readonly #options: CutterOptions;
  #mode: Mode = 'between';
  #listIn: 'file' | 'envelope' | null = null;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  #place = 0;
  #recordsOfLists = 0;
  #kept: Uint8Array[] = [];
  #keptLength = 0;
  #length = 0;
  #envelopes = 0;
  /** Of a document: its key before the value at hand, as bytes; whether it is a record for sure. */
  #key: number[] = [];
  #isKey = false;
  #isRecord = false;
  #maybeRecords = false;

  constructor(options: CutterOptions) {
    this.#options = options;
  }

  /** Whether the bytes so far end within a record, or a string of it. */
  get within(): 'string' | 'record' | null {
    if (this.#mode !== 'record') return null;
    return this.#inString ? 'string' : 'record';
  }

  /** Whether the bytes so far end within a list of records. */
  get isInList(): boolean {
    return this.#listIn !== null;
  }

  /** How many lists of records stood under a key. */
  get envelopes(): number {
    return this.#envelopes;
  }

  /** What there is of the record that is not complete. */
  partial(): Uint8Array {
    return Buffer.concat(this.#kept);
  }

  *push(chunk: Uint8Array): Generator<Cut> {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === newline) this.#line += 1;
      switch (this.#mode) {
        case 'between':
        case 'list':
          if (this.#begins(byte)) start = at;
          break;
        case 'record':
        case 'tail':
          if (this.#maybeRecords && !isBlank(byte)) {
            this.#maybeRecords = false;
            if (this.#entersList(byte)) {
              start = at;
              break;
            }
          }
          this.#scan(byte);
          if (this.#depth > 0) break;
          if (this.#mode === 'record') {
            this.#keep(chunk.subarray(start, at + 1));
            yield this.#record();
          }
          this.#mode = this.#listIn === null ? 'between' : 'list';
          break;
        case 'no-object':
          if (this.#depth === 0 && !this.#inString && (byte === comma || byte === closeList)) {
            this.#keep(chunk.subarray(start, at));
            yield this.#noObject();
            this.#mode = 'list';
            this.#begins(byte);
          } else this.#scan(byte);
          break;
        case 'garbage':
          if (byte !== newline) break;
          this.#keep(chunk.subarray(start, at));
          yield this.#noObject();
          this.#mode = 'between';
          break;
      }
    }
    if (this.#collects()) this.#keep(chunk.subarray(start));
  }

  /** What is left when the bytes have ended. */
  *end(): Generator<Cut> {
    if (!this.#collects()) return;
    if (this.#mode === 'garbage') yield this.#noObject();
    else yield { kind: 'cut-off', place: this.#place, head: this.#take().subarray(0, headBytes) };
    this.#mode = this.#listIn === null ? 'between' : 'list';
  }

  #collects(): boolean {
    return this.#mode === 'record' || this.#mode === 'no-object' || this.#mode === 'garbage';
  }

  /** Takes a byte outside of records; whether something begins with it that is to be kept. */
  #begins(byte: number): boolean {
    // A byte order mark stands between files that were joined.
    if (isBlank(byte) || byte === comma || byte === 0xef || byte === 0xbb || byte === 0xbf) return false;
    if (byte === closeList && this.#listIn !== null) {
      this.#mode = this.#listIn === 'envelope' ? 'tail' : 'between';
      this.#listIn = null;
      this.#depth = 1;
      return false;
    }
    if (byte === openList && this.#listIn === null) {
      this.#mode = 'list';
      this.#listIn = 'file';
      return false;
    }
    this.#inString = false;
    this.#escaped = false;
    this.#depth = 0;
    this.#isKey = false;
    this.#isRecord = false;
    if (byte === openObject) this.#mode = 'record';
    else this.#mode = this.#listIn === null ? 'garbage' : 'no-object';
    this.#place = this.#listIn === null ? this.#line : ++this.#recordsOfLists;
    if (this.#mode !== 'garbage') this.#scan(byte);
    return true;
  }

  /** Whether the list under a key, of which this is the first byte, holds the records; a record may begin with it. */
  #entersList(byte: number): boolean {
    if (byte !== openObject && byte !== closeList) return false;
    this.#envelopes += 1;
    this.#kept = [];
    this.#keptLength = 0;
    this.#length = 0;
    this.#listIn = 'envelope';
    return this.#begins(byte) || true;
  }

  /** Follows strings and brackets, and in a document that may be an envelope its keys. */
  #scan(byte: number): void {
    const atTop = this.#depth === 1 && this.#listIn === null;
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote || byte === newline) this.#inString = false;
      else if (atTop && this.#key.length < 40) this.#key.push(byte);
      return;
    }
    switch (byte) {
      case quote:
        this.#inString = true;
        if (atTop) this.#key = [];
        break;
      case openObject:
      case openList:
        if (atTop && this.#isKey && byte === openList) this.#maybeRecords = this.#mayHoldRecords();
        this.#isKey = false;
        this.#depth += 1;
        break;
      case closeObject:
      case closeList:
        this.#depth -= 1;
        break;
      case colon:
        if (!atTop) break;
        this.#isKey = true;
        if (this.#mode === 'record' && ownKeys.has(this.#keyText())) this.#isRecord = true;
        break;
      case comma:
        if (atTop) this.#isKey = false;
        break;
    }
  }

  #mayHoldRecords(): boolean {
    return !this.#isRecord && this.#options.lists.has(this.#keyText());
  }

  #keyText(): string {
    return utf8.decode(Uint8Array.from(this.#key));
  }

  #keep(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length <= this.#options.maxBytes) {
      this.#kept.push(bytes.slice());
      this.#keptLength += bytes.length;
    } else if (this.#keptLength > headBytes) {
      const head = Buffer.concat(this.#kept).subarray(0, headBytes);
      this.#kept = [Uint8Array.from(head)];
      this.#keptLength = headBytes;
    } else if (this.#keptLength < headBytes) {
      const more = bytes.slice(0, headBytes - this.#keptLength);
      this.#kept.push(more);
      this.#keptLength += more.length;
    }
  }

  #take(): Uint8Array {
    const bytes = Buffer.concat(this.#kept);
    this.#kept = [];
    this.#keptLength = 0;
    this.#length = 0;
    return bytes;
  }

  #record(): Cut {
    const length = this.#length;
    const bytes = this.#take();
    return length > this.#options.maxBytes
      ? { kind: 'too-long', place: this.#place, head: bytes.subarray(0, headBytes), length }
      : { kind: 'record', place: this.#place, bytes };
  }

  #noObject(): Cut {
    const head = this.#take().subarray(0, headBytes);
    return { kind: 'no-object', place: this.#place, head, inList: this.#listIn !== null };
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;
}
