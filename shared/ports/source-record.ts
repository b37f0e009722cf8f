import type { UnreadableRecord } from './trace-format.ts';

/** An object of a file as it came: of JSON, or a row of a table by its columns. */
export interface SourceRecord {
  readonly kind: 'record';
  /** Its line, from 1; in a list, and in a table without lines, its number. */
  readonly line: number;
  /** As it stands in the file, or as JSON where the file is no text; untrusted. */
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * Reads the records of a file, in order and in bounded memory.
 * @param chunks the file's bytes, unpacked
 * @param name of the file, for messages
 * @throws RatchetError InvalidInput where the file as a whole cannot be read
 */
export type RecordReader = (
  chunks: AsyncIterable<Uint8Array>,
  name: string,
) => AsyncIterable<SourceRecord | UnreadableRecord>;
