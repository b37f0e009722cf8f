import { RatchetError } from '../shared/domain/base/errors.ts';
import { jsonLine, printable } from './printable.ts';

/** Where a command writes. Results go to stdout, all else to stderr. */
export interface Output {
  readonly json: boolean;
  /**
   * The one result of a command: JSON with `--json`, else the lines for people. Both are results, so both go to stdout.
   */
  result(value: unknown, lines: readonly string[]): Promise<void>;
  /** One line of a command whose result is JSON lines in any case. Resolves when the reader can take more. */
  record(value: unknown): Promise<void>;
  /** Prose. */
  say(text: string): void;
  /** A fault with its mend. */
  fault(error: unknown): void;
}

export interface OutputStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** The one place where commands write. All texts are made safe for a terminal here. */
export function createOutput(streams: OutputStreams, options: { json: boolean; debug: boolean }): Output {
  const say = (text: string): void => {
    streams.stderr.write(`${printable(text)}\n`);
  };
  return {
    json: options.json,
    async result(value, lines) {
      const text = options.json ? jsonLine(value) : lines.map(printable).join('\n');
      if (text !== '') await write(streams.stdout, `${text}\n`);
    },
    record: (value) => write(streams.stdout, `${jsonLine(value)}\n`),
    say,
    fault: (error) => say(describeFault(error, options.debug)),
  };
}

/** What to tell a person of a thrown value: name, message and mend; the stack only when it was asked for. */
export function describeFault(error: unknown, debug: boolean): string {
  if (debug) return stackWithCauses(error);
  if (error instanceof RatchetError) return `${error.name}: ${error.message}\n${error.mend}`;
  const message = error instanceof Error ? error.message : String(error);
  return `Unexpected fault: ${message}\nThis is a mistake in Ratchet. Run the command again with RATCHET_DEBUG=1 for the stack, and report it.`;
}

function stackWithCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const mend = error instanceof RatchetError ? `\n${error.mend}` : '';
  const cause = error.cause === undefined ? '' : `\nCaused by: ${stackWithCauses(error.cause)}`;
  return `${error.stack ?? error.message}${mend}${cause}`;
}

function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (stream.write(text)) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('drain', resolve);
  });
}
