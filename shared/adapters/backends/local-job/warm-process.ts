import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { Usage } from '../../../ports/long-work.ts';
import { faultOf } from '../jobs/job-faults.ts';
import { jobErrorSchema } from '../jobs/job-schema.ts';
import { endProcess } from './end-process.ts';
import type { PythonCommand } from './python.ts';

/** A question to a model whose artifact lies in a file of this machine. */
export interface WarmRequest {
  readonly artifact: { readonly path: string; readonly sha256: string };
  readonly inputs: readonly string[];
  readonly alternatives: number;
}

const answeredSchema = z.strictObject({ output: z.json(), confidence: z.number() });
const predictionSchema = z.strictObject({ ...answeredSchema.shape, alternatives: z.array(answeredSchema) });
export type WarmPrediction = z.infer<typeof predictionSchema>;

/** What the model says, and what it used where that is paid for. */
export interface WarmAnswer {
  readonly predictions: readonly WarmPrediction[];
  readonly usage: Usage | null;
}

const usageSchema = z.strictObject({
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  usd: z.number().nonnegative(),
});

const lineSchema = z.union([
  z.strictObject({ id: z.int(), done: z.int() }),
  z.strictObject({ id: z.int(), predictions: z.array(predictionSchema), usage: usageSchema.nullable().default(null) }),
  z.strictObject({ id: z.int(), error: jobErrorSchema }),
]);

interface Pending {
  readonly answer: PromiseWithResolvers<WarmAnswer>;
  readonly onDone: (done: number) => void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** So much of what a process says on standard error is kept, in characters. */
const keptOfErrors = 2_000;

/**
 * A process that keeps models loaded and answers with them. It is begun with the first question, and begun anew after it
 * has ended. It does not keep this program alive while nobody waits for an answer.
 */
export class WarmProcess {
  readonly #python: () => Promise<PythonCommand>;
  readonly #pending = new Map<number, Pending>();
  #child: Promise<Child> | undefined;
  #asked = 0;

  constructor(python: () => Promise<PythonCommand>) {
    this.#python = python;
  }

  /** @throws RatchetError as the process names it; StorageFailure where it ends before it has answered */
  async ask(request: WarmRequest, onDone: (done: number) => void): Promise<WarmAnswer> {
    const child = await this.#process();
    this.#asked += 1;
    const id = this.#asked;
    const answer = Promise.withResolvers<WarmAnswer>();
    this.#pending.set(id, { answer, onDone });
    hold(child, true);
    try {
      child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
      return await answer.promise;
    } finally {
      this.#pending.delete(id);
      if (this.#pending.size === 0) hold(child, false);
    }
  }

  async close(): Promise<void> {
    const child = await this.#child?.catch(() => undefined);
    if (child !== undefined) await endProcess(child);
  }

  #process(): Promise<Child> {
    this.#child ??= this.#begin().catch((error: unknown) => {
      this.#child = undefined;
      throw error;
    });
    return this.#child;
  }

  async #begin(): Promise<Child> {
    const { command, env } = await this.#python();
    const [file, ...args] = command;
    const child: Child = spawn(file, [...args, 'serve'], { stdio: ['pipe', 'pipe', 'pipe'], env, detached: true });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-keptOfErrors);
    });
    const fail = (how: string) => {
      this.#child = undefined;
      const last = said.trimEnd().split('\n').slice(-2).join(' ');
      const error = new RatchetError('StorageFailure', `The process that answers ended by ${how}. ${last}`, {
        mend: 'Give the same command again. If it comes again, see whether its memory is enough.',
      });
      for (const { answer } of this.#pending.values()) answer.reject(error);
    };
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(signal ?? `exit code ${code}`));
    // What cannot be written is told by the end of the process.
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    return child;
  }

  #take(line: string): void {
    const told = lineSchema.parse(JSON.parse(line));
    const pending = this.#pending.get(told.id);
    if ('done' in told) pending?.onDone(told.done);
    else if ('error' in told) pending?.answer.reject(faultOf(told.error));
    else pending?.answer.resolve(told);
  }
}

/** Whether a process and its streams keep this program alive. */
function hold(child: Child, held: boolean): void {
  for (const one of [child, child.stdin, child.stdout, child.stderr]) {
    // Pipes of a process are sockets, which their types do not say.
    if (!(one instanceof Socket) && one !== child) continue;
    if (held) one.ref();
    else one.unref();
  }
}
