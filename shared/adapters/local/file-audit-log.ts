import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEntry, AuditLog, Refusal } from '../../ports/audit-log.ts';
import { storageFailure } from './storage-failure.ts';

export interface FileAuditLogOptions {
  /** A directory of its own. */
  readonly directory: string;
  /** Makes it where it is not there; asked when there is something to write. */
  readonly makeDirectory: () => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told where refusals cannot be written. */
  readonly onFault: (error: unknown) => void;
  /** How long refusals are counted before they are written. A minute by default. */
  readonly countForMs?: number;
}

/** Refusals that differ, of which so many are told apart in one stretch. */
const mostRefusals = 200;
const others: Refusal = { status: 403, caller: null, model: null, right: null };

interface Waiting {
  readonly line: string;
  readonly day: string;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * An audit log in JSON lines, a file a day (of UTC), which only its user may read. What is acknowledged is in the page cache of
 * the system: it survives the end of the process, not that of the machine. Several processes may write to the same files: each
 * line is appended whole. Lines that come while others are written are written together.
 */
export class FileAuditLog implements AuditLog {
  readonly #options: FileAuditLogOptions;
  readonly #refusals = new Map<string, { readonly refusal: Refusal; count: number }>();
  #timer: NodeJS.Timeout | null = null;
  #file: { readonly day: string; readonly handle: FileHandle } | null = null;
  #waiting: Waiting[] = [];
  #working: Promise<void> = Promise.resolve();

  constructor(options: FileAuditLogOptions) {
    this.#options = options;
  }

  append(entry: AuditEntry): Promise<void> {
    return this.#enter({ ...entry });
  }

  refused(refusal: Refusal): void {
    const own = JSON.stringify(refusal);
    const isNew = !this.#refusals.has(own);
    const [key, counted] = isNew && this.#refusals.size >= mostRefusals ? ['others', others] : [own, refusal];
    const known = this.#refusals.get(key) ?? { refusal: counted, count: 0 };
    known.count += 1;
    this.#refusals.set(key, known);
    this.#timer ??= setTimeout(() => void this.#tell(), this.#options.countForMs ?? 60_000).unref();
  }

  /** Writes what was counted; nothing may be given afterwards. */
  async close(): Promise<void> {
    await this.#tell();
    await this.#next(() => this.#leaveFile());
  }

  async #tell(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const counted = [...this.#refusals.values()];
    this.#refusals.clear();
    const lines = counted.map(({ refusal, count }) => this.#enter({ action: 'refused', ...refusal, count }));
    const failed = (await Promise.allSettled(lines)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') this.#options.onFault(failed.reason);
  }

  #enter(fields: object): Promise<void> {
    const at = new Date(this.#options.now()).toISOString();
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ line: `${JSON.stringify({ at, ...fields })}\n`, day: at.slice(0, 10), done });
    if (this.#waiting.length === 1) void this.#next(() => this.#write());
    return done.promise;
  }

  #next(work: () => Promise<void>): Promise<void> {
    this.#working = this.#working.then(work, work);
    return this.#working;
  }

  async #write(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [day, lines] of Map.groupBy(waiting, (one) => one.day)) {
      try {
        const handle = await this.#fileOf(day);
        await handle.appendFile(lines.map(({ line }) => line).join(''));
        for (const { done } of lines) done.resolve();
      } catch (cause) {
        const failure = storageFailure('write to', this.#options.directory, cause);
        // Half a line may be there: opening the file again ends it.
        await this.#leaveFile();
        for (const { done } of lines) done.reject(failure);
      }
    }
  }

  async #fileOf(day: string): Promise<FileHandle> {
    if (this.#file?.day === day) return this.#file.handle;
    await this.#leaveFile();
    const { directory, makeDirectory } = this.#options;
    await makeDirectory();
    const handle = await open(join(directory, `${day}.jsonl`), 'a+', 0o600);
    this.#file = { day, handle };
    if (await endsInALine(handle)) return handle;
    await handle.appendFile('\n');
    return handle;
  }

  async #leaveFile(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.handle.close().catch(() => undefined);
  }
}

/** Not where whoever wrote before was stopped by a full disk. */
async function endsInALine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
}
