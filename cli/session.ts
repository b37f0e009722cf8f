import type { Command } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../shared/domain/base/errors.ts';
import type { Observer } from '../shared/ports/observer.ts';
import type { ExitCode } from './exit-codes.ts';
import { createOutput, type Output } from './output.ts';
import type { Place } from './place.ts';
import { createProgress, type TimedProgressUi } from './progress.ts';
import type { StackPlace } from './stack/stack-place.ts';
import type { Workspace } from './workspace.ts';

/** The process's streams and environment, so that tests can bring their own. */
export interface CliIo {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes what is told when a signal ends the process, in place of the usual words. */
  readonly onStop?: (text: string) => void;
  /** Takes what is still to be done when a signal ends the process, or its reader goes away. */
  readonly onEnding?: (finish: () => Promise<void>) => void;
}

const globalOptionsSchema = z.object({
  workspace: z.string().min(1),
  stack: z.string().nullable().default(null),
  json: z.boolean().default(false),
});

/** Work that ends within this time shows no progress. */
const patienceMs = 2_000;

/** What one command works with: its output, its progress, and its workspace or stack. */
export class Session {
  readonly io: CliIo;
  readonly output: Output;
  readonly progress: TimedProgressUi;
  /** As `--workspace` names it. */
  readonly directory: string;
  /** As `--stack` names it; null for work in the workspace directory. */
  readonly stack: string | null;
  #place: Place | undefined;

  constructor(io: CliIo, command: Command, options: { patient: boolean }) {
    const { workspace, stack, json } = globalOptionsSchema.parse(command.optsWithGlobals());
    if (stack !== null && command.getOptionValueSourceWithGlobals('workspace') !== 'default') {
      throw new RatchetError('InvalidInput', 'Both --workspace and --stack are given.', {
        mend: 'Leave out --stack to work in the directory, or --workspace to work with the stack on AWS.',
      });
    }
    this.io = io;
    this.directory = workspace;
    this.stack = stack;
    this.output = createOutput(io, { json, debug: isDebugging(io) });
    this.progress = createProgress({
      stream: io.stderr,
      interactive: io.stderr.isTTY === true,
      patienceMs: options.patient ? patienceMs : 0,
    });
  }

  /** Opens the stack that `--stack` names, else the workspace; it is closed when the session ends. */
  open(options: { create: boolean } = { create: false }): Promise<Place> {
    return this.stack === null ? this.openWorkspace(options) : this.openStack(this.stack);
  }

  /** The same for what only reads: also where the disk is full. */
  openToRead(): Promise<Place> {
    return this.stack === null ? this.openWorkspace({ create: false, evenFull: true }) : this.openStack(this.stack);
  }

  /** Whether there is a workspace to open; a stack is taken to be there. */
  async hasPlace(): Promise<boolean> {
    if (this.stack !== null) return true;
    const { isWorkspace } = await import('./workspace.ts');
    return isWorkspace(this.directory);
  }

  /** What a command proposed to a person needs to reach the same stack; empty without one. */
  get stackOption(): string {
    return this.stack === null ? '' : ` --stack ${this.stack}`;
  }

  async openWorkspace(options: { create: boolean; evenFull?: boolean } = { create: false }): Promise<Workspace> {
    const { openWorkspace } = await import('./workspace.ts');
    const workspace = await openWorkspace(this.directory, {
      observer: this.#observer(),
      ...options,
      env: this.io.env,
    });
    this.#place = workspace;
    this.io.onEnding?.(workspace.abort);
    return workspace;
  }

  async openStack(name: string): Promise<StackPlace> {
    const { openStack } = await import('./stack/stack-place.ts');
    const stack = await openStack(name, { observer: this.#observer(), env: this.io.env });
    this.#place = stack;
    this.io.onEnding?.(stack.abort);
    return stack;
  }

  async end(): Promise<void> {
    this.progress.stop();
    await this.#place?.close();
    this.#place = undefined;
  }

  #observer(): Observer {
    return { progress: () => undefined, note: (message) => this.progress.note(message) };
  }
}

/** Whether stacks are wanted. */
export function isDebugging(io: Pick<CliIo, 'env'>): boolean {
  return io.env.RATCHET_DEBUG === '1';
}

/** Runs a command's work in a session of its own, and keeps its exit code. */
export type RunCommand = (
  command: Command,
  work: (session: Session) => Promise<ExitCode>,
  options?: { patient: boolean },
) => Promise<void>;
