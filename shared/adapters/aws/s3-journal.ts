import { randomUUID } from 'node:crypto';
import { RatchetError } from '../../domain/base/errors.ts';
import { shortDigest } from '../../domain/base/ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import {
  type JournalEntry,
  type JournalPart,
  journalEntrySchema,
  type TraceJournal,
} from '../../ports/trace-journal.ts';

export interface S3JournalOptions {
  /** A bucket of the journal's own: without versions, so that what is removed is gone. */
  readonly objects: ObjectStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const folder = 'journal/';
/** A part is one append to the log: large, as each makes files of its own there, and far below a function's memory. */
const mostObjects = 20_000;
const mostBytes = 32 * 2 ** 20;
/** Objects that are read, or removed, at a time. */
const atOnce = 64;

const keyPattern = /^journal\/\d{15}-[\da-f-]{36}\.(?<bytes>\d+)\.jsonl$/;

/**
 * A journal in S3: an object for each append, JSON lines, so that what is acknowledged outlives the function and its
 * machine. Nobody owns an object: every closed part is anybody's to read and to remove.
 */
export class S3Journal implements TraceJournal {
  readonly #objects: ObjectStore;
  readonly #now: () => number;
  #last = 0;

  constructor({ objects, now }: S3JournalOptions) {
    this.#objects = objects;
    this.#now = now;
  }

  /** Time before all else in the key, so that keys are listed in the order of coming; then the size, so that listing tells it. */
  async append(entries: readonly JournalEntry[]): Promise<void> {
    const body = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    this.#last = Math.max(this.#now(), this.#last + 1);
    const time = String(this.#last).padStart(15, '0');
    await this.#objects.put(`${folder}${time}-${randomUUID()}.${body.length}.jsonl`, body);
  }

  async close(): Promise<readonly JournalPart[]> {
    const keys = await this.#objects.list(folder);
    return partsOf(keys).map((part) => this.#partOf(part));
  }

  #partOf(keys: readonly string[]): JournalPart {
    return {
      name: shortDigest(...keys),
      read: async () => {
        const entries: JournalEntry[] = [];
        for (const some of slices(keys))
          for (const read of await Promise.all(some.map((key) => this.#read(key)))) entries.push(...read);
        return entries;
      },
      remove: async () => {
        for (const some of slices(keys)) await Promise.all(some.map((key) => this.#objects.delete(key)));
      },
    };
  }

  /** Nothing where somebody else has moved it meanwhile. */
  async #read(key: string): Promise<readonly JournalEntry[]> {
    const body = await this.#objects.get(key);
    if (body === undefined) return [];
    try {
      const lines = new TextDecoder().decode(body).split('\n');
      return lines.filter((line) => line !== '').map((line) => journalEntrySchema.parse(JSON.parse(line)));
    } catch (cause) {
      throw new RatchetError('CorruptArtifact', `${key} of the journal cannot be read.`, {
        cause,
        mend: 'Deploy the version that wrote it, or move the object out of journal/ and look into it.',
      });
    }
  }
}

/** Keys in their order, as many together as one append to the log may hold. What others put there is left alone. */
function partsOf(keys: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let bytes = 0;
  for (const key of keys) {
    const size = keyPattern.exec(key)?.groups?.bytes;
    if (size === undefined) continue;
    const last = parts.at(-1);
    if (last === undefined || last.length >= mostObjects || bytes + Number(size) > mostBytes) {
      parts.push([key]);
      bytes = 0;
    } else last.push(key);
    bytes += Number(size);
  }
  return parts;
}

function* slices(keys: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < keys.length; from += atOnce) yield keys.slice(from, from + atOnce);
}
