/** The beginning of a file, unpacked: enough to tell a format by its content, never by its name. */
export interface FileHead {
  /** At most 64 KiB. */
  readonly bytes: Uint8Array;
  /** The same as text, invalid UTF-8 replaced; a byte order mark is dropped. */
  readonly text: string;
  /** Whether {@link bytes} are the whole file. */
  readonly whole: boolean;
}

/** What somebody said of an inference in a tool that is not Ratchet: the intake makes a judgement of it, or names it. */
export interface Annotation {
  /** What was asked, such as `correctness`. */
  readonly name: string;
  /** The answer in words: a verdict (`correct`, `pass`, `thumbs_down` …), a right output, or neither. */
  readonly label: string | null;
  /** The answer in figures; a verdict by `--pass-at`, or by itself where it is 0, 1, true or false. */
  readonly score: number | null;
  /** The right output, where the tool has a field for it. */
  readonly correction: unknown;
  readonly explanation: string;
  /** Who said it; null where the format does not tell. */
  readonly by: { readonly kind: 'human' | 'llm' | 'rule' | null; readonly id: string | null };
  /** When it was said, as it came; null where unknown. */
  readonly at: unknown;
}

/**
 * One inference, or one judgement of it, as a format names it. Values are as they came: the intake reads times, outputs
 * and verdicts, whatever format they are from. A field that is absent is not known; null in {@link output} means that
 * the model gave no answer.
 */
export interface RawTrace {
  readonly kind: 'trace';
  readonly line: number;
  /** The beginning of the record as it stands in the file, for quarantine; untrusted. */
  readonly text: string;
  /**
   * By the fields of a trace line (`traceId`, `timestamp`, `input`, `output`, `confidence`, `verdict`, `expected`,
   * `judge`, `score`, `steps`, `metadata`, …). Without `input` and `output` it is a judgement by `traceId` alone. Fields
   * of other names are reported to the user when nothing was judged, and kept under `metadata`.
   */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly annotations: readonly Annotation[];
  /** The record as it came, for `--map field=path`; absent where a format cannot be mapped. */
  readonly source?: unknown;
  /** Whether the output was marked by annotators, so that it is right and no answer of a model. */
  readonly isGold?: boolean;
}

/** A record that cannot be read, and how to mend it. */
export interface UnreadableRecord {
  readonly kind: 'unreadable';
  readonly line: number;
  readonly text: string;
  readonly reason: string;
  readonly mend: string;
}

/** A record that is rightly no trace of this model, such as a span of a database call; counted by reason. */
export interface PassedOver {
  readonly kind: 'passed-over';
  readonly line: number;
  /** In the plural: `spans that are no model call`. */
  readonly what: string;
}

export type FormatItem = RawTrace | UnreadableRecord | PassedOver;

/**
 * A form in which other tools write what a model was asked and what was judged of it.
 *
 * A reader is streamed: memory does not grow with the file. One bad record is an item, never an exception; what is
 * wrong with the file as a whole is one `InvalidInput` with the way out.
 */
export interface TraceFormat {
  /** As `--format` names it. */
  readonly name: string;
  /** For people: `a Langfuse export`. */
  readonly title: string;
  /** The zone of times without one, by the format's own documentation; null where it does not say. */
  readonly zone: 'UTC' | null;
  /** Whether columns are named by whoever wrote the file, so that names that speak for themselves are understood. */
  readonly freeNames: boolean;
  /** Whether the content is surely of this format. The first format of the registry that says so reads the file. */
  detects(head: FileHead): boolean;
  /**
   * Reads a file, in order. `line` counts lines where the format has lines, else records, from 1.
   * @param chunks the file's bytes, unpacked
   * @param name of the file, for messages
   * @throws RatchetError InvalidInput where the file as a whole cannot be read
   */
  read(chunks: AsyncIterable<Uint8Array>, name: string): AsyncIterable<FormatItem>;
}
