import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ZodType } from 'zod';
import type { OnProgress } from '../../../ports/long-work.ts';
import { errorCode, storageFailure } from '../../local/storage-failure.ts';
import type { JobFault } from '../jobs/job-faults.ts';
import { datasetFile } from '../jobs/job-of.ts';
import {
  type JobManifest,
  type JobSpec,
  jobErrorSchema,
  jobManifestSchema,
  jobProgressSchema,
} from '../jobs/job-schema.ts';
import { endProcess } from './end-process.ts';
import type { PythonCommand } from './python.ts';

export interface LocalJobsOptions {
  /** Made with the first job; each job has a folder in it. */
  readonly directory: string;
  readonly python: () => Promise<PythonCommand>;
}

/** What a job came to. */
export type JobEnd =
  | { readonly kind: 'done'; readonly manifest: JobManifest; readonly output: string }
  | { readonly kind: 'failed'; readonly fault: JobFault };

/** A job that a process of ours works on. */
export interface RunningJob {
  readonly ended: Promise<JobEnd>;
  /** Steps done, of so many. */
  readonly progress: { readonly done: number; readonly total: number };
  /** Tells of steps until it is stopped. @returns what stops it */
  listen(onProgress: OnProgress): () => void;
}

/** Exit code of a process that found another one at work on its job. */
const busy = 73;
const busyWaitMs = 2_000;
const logFile = 'log.txt';

/**
 * Training jobs as processes of this machine, at most one a job: a lock that the system holds keeps a second one off, also
 * one of another program. A process ends when this program does, however that ends, and its job goes on from its last
 * checkpoint with the next {@link run}.
 */
export class LocalJobs {
  readonly #directory: string;
  readonly #python: () => Promise<PythonCommand>;
  readonly #running = new Map<string, RunningJob>();
  readonly #children = new Set<ChildProcess>();
  #closed = false;

  constructor({ directory, python }: LocalJobsOptions) {
    this.#directory = directory;
    this.#python = python;
  }

  /** Whether a process of ours works on it. */
  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /**
   * Makes the folder of a job, with what it is told and `note` beside it. That of the same job stays with all that it holds;
   * that of another one is emptied.
   * @throws RatchetError StorageFailure
   */
  async prepare(id: string, spec: JobSpec, dataset: Uint8Array, note: unknown): Promise<void> {
    const folder = this.#folder(id);
    const text = JSON.stringify(spec);
    try {
      const before = await this.#read(id, 'job.json');
      if (before !== text) {
        if (before !== null) await rm(folder, { recursive: true, force: true });
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeWhole(join(folder, datasetFile), dataset);
        // Last: a folder that has it is whole.
        await writeWhole(join(folder, 'job.json'), text);
      }
      await writeWhole(join(folder, 'note.json'), JSON.stringify(note));
    } catch (error) {
      throw storageFailure('write', folder, error);
    }
  }

  /** What was noted beside a job; null where there is no such job. */
  async note<T>(id: string, schema: ZodType<T>): Promise<T | null> {
    const text = await this.#read(id, 'note.json');
    return text === null ? null : (schema.safeParse(JSON.parse(text)).data ?? null);
  }

  /** Removes all of a job but what was noted: its texts, its checkpoints, its models. */
  async clear(id: string): Promise<void> {
    const folder = this.#folder(id);
    for (const name of ['job.json', datasetFile, 'output', logFile]) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  /**
   * Removes the jobs that hold one of the texts, and are not at work.
   * @returns how many there were
   */
  async forget(texts: readonly string[]): Promise<number> {
    const wanted = new Set(texts);
    const ids = await readdir(this.#directory).catch(() => []);
    let forgotten = 0;
    for (const id of ids) {
      const dataset = await this.#read(id, datasetFile);
      if (dataset === null || this.isRunning(id) || !holdsOneOf(dataset, wanted)) continue;
      await rm(this.#folder(id), { recursive: true, force: true });
      forgotten += 1;
    }
    return forgotten;
  }

  /** Works on a job that was prepared; joins the process of ours that does. */
  run(id: string): RunningJob {
    const known = this.#running.get(id);
    if (known !== undefined) return known;
    if (this.#closed) throw new Error('the jobs are closed');
    const listeners = new Set<OnProgress>();
    const state = { done: 0, total: 1 };
    const ended = this.#work(id, (done, total) => {
      Object.assign(state, { done, total });
      for (const listener of listeners) listener(done, total);
    }).finally(() => this.#running.delete(id));
    // Whoever waits for it is told; nobody may be waiting when it fails.
    ended.catch(() => undefined);
    const job: RunningJob = {
      ended,
      progress: state,
      listen(onProgress) {
        listeners.add(onProgress);
        return () => listeners.delete(onProgress);
      },
    };
    this.#running.set(id, job);
    return job;
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#children].map(endProcess));
  }

  async #work(id: string, onProgress: OnProgress): Promise<JobEnd> {
    for (;;) {
      const { code, signal } = await this.#process(id, onProgress);
      // This program is ending: the job has not failed, and nobody is to take it for that.
      if (this.#closed) return new Promise(() => undefined);
      if (code === busy) {
        // Another program is at it: what it makes counts for this one too.
        await sleep(busyWaitMs);
        continue;
      }
      return code === 0 ? this.#success(id) : this.#failure(id, code, signal);
    }
  }

  async #process(id: string, onProgress: OnProgress): Promise<{ code: number | null; signal: string | null }> {
    const { command, env } = await this.#python();
    const folder = this.#folder(id);
    const log = await open(join(folder, logFile), 'a', 0o600);
    try {
      const [file, ...args] = command;
      const child = spawn(file, [...args, 'run', folder, '--with-parent'], {
        // Its standard input ends with this process, and by that it knows.
        stdio: ['pipe', 'pipe', log.fd],
        env,
        detached: true,
      });
      this.#children.add(child);
      const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code, signal) => resolve({ code, signal }));
      });
      if (child.stdout === null) throw new Error('a process has no standard output');
      for await (const line of createInterface({ input: child.stdout })) {
        const told = progressOf(line);
        if (told !== null) onProgress(told.done, told.total);
      }
      const end = await ended;
      this.#children.delete(child);
      return end;
    } finally {
      await log.close();
    }
  }

  async #success(id: string): Promise<JobEnd> {
    const text = await this.#read(id, 'output/manifest.json');
    const manifest = text === null ? undefined : jobManifestSchema.safeParse(JSON.parse(text)).data;
    if (manifest === undefined) {
      return failed('The job ended and left no manifest.', `See ${join(this.#folder(id), logFile)}.`);
    }
    return { kind: 'done', manifest, output: join(this.#folder(id), 'output') };
  }

  async #failure(id: string, code: number | null, signal: string | null): Promise<JobEnd> {
    const text = await this.#read(id, 'output/error.json');
    const told = text === null ? undefined : jobErrorSchema.safeParse(JSON.parse(text)).data;
    if (told !== undefined) return { kind: 'failed', fault: told };
    const log = join(this.#folder(id), logFile);
    if (signal === 'SIGKILL') {
      return failed(
        'The training was killed from outside, most likely because memory ran out.',
        `Close other programs, or take a smaller batchSize or foundation. Its log is ${log}.`,
      );
    }
    const last = (await this.#read(id, logFile))?.trimEnd().split('\n').slice(-3).join(' ').slice(-600) ?? '';
    return failed(`The training ended by ${signal ?? `exit code ${code}`}. ${last}`, `See ${log}.`);
  }

  async #read(id: string, name: string): Promise<string | null> {
    const path = join(this.#folder(id), name);
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
      throw storageFailure('read', path, error);
    }
  }

  #folder(id: string): string {
    return join(this.#directory, id);
  }
}

/** Others who prepare the same job see a file whole or not at all. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, path);
}

function failed(message: string, mend: string): JobEnd {
  return { kind: 'failed', fault: { name: 'TrainingFailed', message, mend } };
}

function progressOf(line: string) {
  try {
    return jobProgressSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function holdsOneOf(dataset: string, texts: ReadonlySet<string>): boolean {
  return dataset.split('\n').some((line) => {
    if (line === '') return false;
    const { input }: { input?: unknown } = JSON.parse(line);
    return typeof input === 'string' && texts.has(input);
  });
}
