import { PassThrough, Readable } from 'node:stream';
import { runCli } from '../../../cli/program.ts';
import type { Ended } from './launcher.ts';

/** Runs a command line in this process, with streams of its own. */
export async function ratchetInProcess(
  args: readonly string[],
  stdin: string | Uint8Array = '',
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Ended> {
  const stdout = collector();
  const stderr = collector();
  const code = await runCli(args, {
    stdin: Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
