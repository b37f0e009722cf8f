/** Longest line that is read, in bytes; anything longer is surely no record. */
export const maxLineBytes = 1_000_000;

/** How much of an unusable record quarantine keeps, in bytes of UTF-8; one that has as many or more counts as cut. */
export const keptBytes = 65_536;
/** How much of an unusable line is read, in bytes: with a byte order mark, as much as tells that it is cut. */
export const headBytes = keptBytes + 4;

interface LinePlace {
  /** From 1, blank lines counted. */
  readonly number: number;
}

/** A line of text without its line break, or why it is none, with its beginning (invalid bytes replaced). */
export type Line =
  | (LinePlace & { readonly kind: 'text'; readonly text: string })
  | (LinePlace & {
      readonly kind: 'unreadable';
      readonly reason: string;
      readonly mend: string;
      readonly head: string;
    });

/**
 * Cuts bytes into lines (LF or CRLF) in bounded memory: of a line over `maxBytes` only the beginning is kept. A byte
 * order mark at the beginning of a line is dropped (files that were joined have several), blank lines are passed over
 * unless `keepBlank` wants them.
 * A line that is not UTF-8 is unreadable, the others are not touched by it.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number = maxLineBytes,
  { keepBlank = false }: { readonly keepBlank?: boolean } = {},
): AsyncGenerator<Line> {
  let pending: Uint8Array[] = [];
  let kept = 0;
  let length = 0;
  let number = 0;

  const keep = (bytes: Uint8Array): void => {
    length += bytes.length;
    if (length <= maxBytes) {
      pending.push(bytes);
      kept += bytes.length;
    } else if (kept > headBytes) {
      pending = [concatenate(pending, kept).slice(0, headBytes)];
      kept = headBytes;
    } else if (kept < headBytes) {
      pending.push(bytes.slice(0, headBytes - kept));
      kept += Math.min(bytes.length, headBytes - kept);
    }
  };
  const finish = (): Line | undefined => {
    number += 1;
    const line = toLine(concatenate(pending, kept), length, number, maxBytes);
    pending = [];
    kept = 0;
    length = 0;
    return line.kind === 'text' && line.text.trim() === '' && !keepBlank ? undefined : line;
  };

  for await (const chunk of chunks) {
    let start = 0;
    if (!keepBlank && length === 0) {
      const blank = skipBlank(chunk);
      start = blank.start;
      number += blank.lines;
    }
    for (let end = chunk.indexOf(0x0a, start); end !== -1; end = chunk.indexOf(0x0a, start)) {
      keep(chunk.subarray(start, end));
      const line = finish();
      if (line !== undefined) yield line;
      start = end + 1;
      if (!keepBlank && isBlank(chunk[start])) {
        const blank = skipBlank(chunk, start);
        start = blank.start;
        number += blank.lines;
      }
    }
    if (start < chunk.length) keep(chunk.slice(start));
  }
  if (length > 0) {
    const line = finish();
    if (line !== undefined) yield line;
  }
}

/** Whole blank lines at a place where a line begins, passed over at the speed of the memory: a gigabyte of them packs well. */
function skipBlank(chunk: Uint8Array, from = 0): { readonly start: number; readonly lines: number } {
  let start = from;
  let lines = 0;
  for (let at = from; isBlank(chunk[at]); at += 1) {
    if (chunk[at] !== 0x0a) continue;
    lines += 1;
    start = at + 1;
  }
  return { start, lines };
}

/** Of ASCII; what else is blank is told when its line is read. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

function toLine(bytes: Uint8Array, length: number, number: number, maxBytes: number): Line {
  const content = withoutBreakAndMark(bytes);
  if (length > maxBytes) {
    return {
      number,
      kind: 'unreadable',
      reason: `the line has ${length} bytes, more than ${maxBytes}`,
      mend: 'write one JSON object a line, and shorten its texts',
      head: head(content),
    };
  }
  try {
    return { number, kind: 'text', text: strict.decode(content) };
  } catch {
    return {
      number,
      kind: 'unreadable',
      reason: 'the line is not valid UTF-8',
      mend: 'save the file as UTF-8',
      head: head(content),
    };
  }
}

function head(bytes: Uint8Array): string {
  return lenient.decode(bytes.subarray(0, headBytes));
}

function withoutBreakAndMark(bytes: Uint8Array): Uint8Array {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.subarray(marked ? 3 : 0, bytes.at(-1) === 0x0d ? -1 : undefined);
}

function concatenate(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
