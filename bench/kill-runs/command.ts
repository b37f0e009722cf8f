import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../cli/bin/ratchet.js', import.meta.url));

/** How a command ended: with an exit code, or by the kill (`null`). */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

export interface CommandOptions {
  /** Kills the process with SIGKILL so long after it was started; it may have ended by then. */
  readonly killAfterMs?: number;
  /** File that the command reads as its standard input. */
  readonly stdin?: string;
}

/** Runs one `ratchet` command as a process of its own, from the sources beside this benchmark. */
export async function ratchet(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const started = performance.now();
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  if (options.stdin !== undefined && child.stdin !== null) createReadStream(options.stdin).pipe(child.stdin);
  const timer =
    options.killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const exitCode = await ended(child);
  clearTimeout(timer);
  return { exitCode, stdout: stdout(), stderr: stderr(), milliseconds: performance.now() - started };
}

/** As {@link ratchet}, and fails when the exit code is none of the wanted ones. */
export async function ratchetDone(
  args: readonly string[],
  exitCodes: readonly number[] = [0],
  options: CommandOptions = {},
): Promise<Ended> {
  const result = await ratchet(args, options);
  if (result.exitCode !== null && exitCodes.includes(result.exitCode)) return result;
  throw new Error(`ratchet ${args.join(' ')} ended with ${result.exitCode}:\n${result.stderr.slice(-3_000)}`);
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
