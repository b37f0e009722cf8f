import type { FileHead, TraceFormat } from '../ports/trace-format.ts';

/** What a file that no format reads looks like, as the end of a sentence about it, and the way out. */
export interface UnknownFile {
  readonly looksLike: string;
  readonly mend: string;
}

interface Sign {
  readonly matches: (head: FileHead) => boolean;
  readonly looksLike: string;
  readonly mend: string;
}

const starts =
  (...bytes: readonly number[]) =>
  ({ bytes: head }: FileHead): boolean =>
    bytes.every((byte, at) => head[at] === byte);

const begins =
  (pattern: RegExp) =>
  ({ text }: FileHead): boolean =>
    pattern.test(text);

const unpackFirst = 'Unpack it, and name the file in it.';

const signs: readonly Sign[] = [
  { matches: starts(0xfd, 0x37, 0x7a, 0x58, 0x5a), looksLike: 'is packed with xz', mend: unpackFirst },
  { matches: begins(/^BZh[1-9]/), looksLike: 'is packed with bzip2', mend: unpackFirst },
  { matches: starts(0x37, 0x7a, 0xbc, 0xaf), looksLike: 'is a 7z archive', mend: unpackFirst },
  {
    matches: ({ bytes }) => new TextDecoder().decode(bytes.subarray(257, 262)) === 'ustar',
    looksLike: 'is a tar archive',
    mend: 'Unpack it, and name the files in it.',
  },
  {
    matches: (head) => starts(0xff, 0xfe)(head) || starts(0xfe, 0xff)(head),
    looksLike: 'is text in UTF-16',
    mend: 'Save it as UTF-8.',
  },
  {
    matches: begins(/^\s*(?:<!--[\s\S]*?-->\s*)?<(?:!doctype\s+html|html)/i),
    looksLike: 'is a web page (HTML), not a file of traces',
    mend: 'Perhaps a download ended on a page that asks to sign in: export the file again.',
  },
  { matches: begins(/^\s*<\?xml/i), looksLike: 'is XML, which is not read', mend: 'Export it as JSON lines or CSV.' },
  { matches: begins(/^%PDF/), looksLike: 'is a PDF', mend: 'Export it as JSON lines or CSV.' },
  {
    matches: begins(/^SQLite format 3/),
    looksLike: 'is an SQLite database',
    mend: 'Export the table as JSON lines or CSV.',
  },
  {
    matches: starts(0xd0, 0xcf, 0x11, 0xe0),
    looksLike: 'is an old Office document',
    mend: 'Save the sheet as CSV.',
  },
  {
    matches: begins(/^PAR1/),
    looksLike: 'is Parquet, which cannot be read here',
    mend: 'Export it as JSON lines or CSV.',
  },
  { matches: begins(/^Obj\x01/), looksLike: 'is Avro, which is not read', mend: 'Export it as JSON lines or Parquet.' },
  { matches: begins(/^ORC/), looksLike: 'is ORC, which is not read', mend: 'Export it as JSON lines or Parquet.' },
  {
    matches: ({ bytes }) => bytes.subarray(0, 4_096).includes(0),
    looksLike: 'holds binary data, not text',
    mend: 'Name a file of JSON lines, CSV, or one of the other formats.',
  },
  { matches: begins(/^\s*\[/), looksLike: 'is a JSON array', mend: 'Write one object a line: jq -c ".[]" FILE.' },
];

/** Says what a file looks like that no format recognises. */
export function kindOfFile(head: FileHead, formats: readonly TraceFormat[]): UnknownFile {
  const sign = signs.find(({ matches }) => matches(head));
  if (sign !== undefined) return sign;
  const names = formats.map((format) => format.name).join(', ');
  return {
    looksLike: 'is in no format that is known here: no line of its beginning is a JSON object, and it has no columns',
    mend: `Write one JSON object a line, or say what it is with --format (${names}).`,
  };
}
