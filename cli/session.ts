import type { Command } from 'commander';
import { z } from 'zod';
import type { Observer } from '../shared/ports/observer.ts';
import type { ExitCode } from './exit-codes.ts';
import { createOutput, type Output } from './output.ts';
import { createProgress, type ProgressUi } from './progress.ts';
import type { Workspace } from './workspace.ts';

/** The process's streams and environment, so that tests can bring their own. */
export interface CliIo {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

const globalOptionsSchema = z.object({ workspace: z.string().min(1), json: z.boolean().default(false) });

/** Work that ends within this time shows no progress. */
const patienceMs = 2_000;

/** What one command works with: its output, its progress and its workspace. */
export class Session {
  readonly io: CliIo;
  readonly output: Output;
  readonly progress: ProgressUi;
  /** As `--workspace` names it. */
  readonly directory: string;
  #workspace: Workspace | undefined;

  constructor(io: CliIo, command: Command, options: { patient: boolean }) {
    const { workspace, json } = globalOptionsSchema.parse(command.optsWithGlobals());
    this.io = io;
    this.directory = workspace;
    this.output = createOutput(io, { json, debug: isDebugging(io) });
    this.progress = createProgress({
      stream: io.stderr,
      interactive: io.stderr.isTTY === true,
      patienceMs: options.patient ? patienceMs : 0,
    });
  }

  /** Opens the workspace that `--workspace` names; it is closed when the session ends. */
  async open(options: { create: boolean } = { create: false }): Promise<Workspace> {
    const observer: Observer = { progress: () => undefined, note: (message) => this.progress.note(message) };
    const { openWorkspace } = await import('./workspace.ts');
    this.#workspace = await openWorkspace(this.directory, { observer, create: options.create });
    return this.#workspace;
  }

  async end(): Promise<void> {
    this.progress.stop();
    await this.#workspace?.close();
    this.#workspace = undefined;
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
