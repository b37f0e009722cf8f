import { type FileHandle, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { shortDigest } from '../../domain/base/ids.ts';
import type { OwnerState } from '../../domain/models/control.ts';
import {
  type JournalEntry,
  type JournalPart,
  journalEntrySchema,
  type TraceJournal,
} from '../../ports/trace-journal.ts';
import { storageFailure } from './storage-failure.ts';

export interface FileJournalOptions {
  /** A directory of its own, which is there. */
  readonly directory: string;
  /** This process, as `stateOf` knows it. */
  readonly owner: string;
  /** Parts of a process that surely is gone are taken over. */
  readonly stateOf: (owner: string) => Promise<OwnerState>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * A server closes its part every few seconds: of one that nothing can be known of, as it ran on another machine or in a
 * container of another name, a part that nobody has written to for so long is taken over.
 */
const abandonedAfterMs = 10 * 60_000;

interface Waiting {
  readonly text: string;
  readonly done: PromiseWithResolvers<void>;
}

const partName = /^(?<owner>[0-9a-f]+)\.(?<number>\d{8})\.jsonl$/;

/**
 * A journal in files of a directory, JSON lines. What is appended is in the page cache of the system once it is
 * acknowledged: it survives the end of the process, not that of the machine. Entries that come while others are written
 * are written together.
 */
export class FileJournal implements TraceJournal {
  readonly #options: FileJournalOptions;
  readonly #ownerKey: string;
  #number = 0;
  #file: { readonly path: string; readonly handle: FileHandle } | null = null;
  #waiting: Waiting[] = [];
  #working: Promise<void> = Promise.resolve();

  constructor(options: FileJournalOptions) {
    this.#options = options;
    this.#ownerKey = Buffer.from(options.owner).toString('hex');
  }

  append(entries: readonly JournalEntry[]): Promise<void> {
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ text, done });
    if (this.#waiting.length === 1) void this.#next(() => this.#write());
    return done.promise;
  }

  async close(): Promise<readonly JournalPart[]> {
    await this.#next(async () => {
      await this.#file?.handle.close();
      this.#file = null;
    });
    const { directory } = this.#options;
    const names = (await readdir(directory)).filter((name) => partName.test(name)).sort(byNumber);
    const parts: JournalPart[] = [];
    for (const name of names) {
      const owner = partName.exec(name)?.groups?.owner ?? '';
      const isOwn = owner === this.#ownerKey && join(directory, name) !== this.#openPath();
      if (isOwn || (owner !== this.#ownerKey && (await this.#isLeft(join(directory, name), ownerOf(owner))))) {
        parts.push(partAt(join(directory, name), name));
      }
    }
    return parts;
  }

  async #isLeft(path: string, owner: string): Promise<boolean> {
    const { stateOf, now } = this.#options;
    const state = await stateOf(owner);
    if (state !== 'unknown') return state === 'gone';
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && now() - found.mtimeMs > abandonedAfterMs;
  }

  /** What is written to now may have been opened again while others were looked at. */
  #openPath(): string | null {
    return this.#file?.path ?? null;
  }

  #next(work: () => Promise<void>): Promise<void> {
    this.#working = this.#working.then(work, work);
    return this.#working;
  }

  async #write(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    try {
      this.#file ??= await this.#open();
      await this.#file.handle.appendFile(waiting.map(({ text }) => text).join(''));
      for (const { done } of waiting) done.resolve();
    } catch (cause) {
      const failure = storageFailure('write to', this.#file?.path ?? this.#options.directory, cause);
      // Half a line may be there: what comes goes to another file.
      await this.#leaveFile();
      for (const { done } of waiting) done.reject(failure);
    }
  }

  /** A file that holds nothing goes: on a full disk each request would leave one. */
  async #leaveFile(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    const size = await file.handle.stat().then(
      (found) => found.size,
      () => null,
    );
    await file.handle.close().catch(() => undefined);
    if (size === 0) await rm(file.path, { force: true }).catch(() => undefined);
  }

  async #open(): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    this.#number += 1;
    const path = join(this.#options.directory, `${this.#ownerKey}.${String(this.#number).padStart(8, '0')}.jsonl`);
    return { path, handle: await open(path, 'ax', 0o600) };
  }
}

function ownerOf(key: string): string {
  return Buffer.from(key, 'hex').toString('utf8');
}

function byNumber(a: string, b: string): number {
  const [one, other] = [a, b].map((name) => Number(partName.exec(name)?.groups?.number ?? 0));
  return (one ?? 0) - (other ?? 0) || (a < b ? -1 : 1);
}

function partAt(path: string, name: string): JournalPart {
  return {
    name: shortDigest(name),
    async read() {
      const lines = (await readFile(path, 'utf8')).split('\n');
      return lines.flatMap((line) => entryOf(line) ?? []);
    },
    remove: () => rm(path, { force: true }),
  };
}

/** Null for half a line: it was never acknowledged. */
function entryOf(line: string): JournalEntry | null {
  if (line === '') return null;
  try {
    return journalEntrySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
