import type { LoggedTrace } from '../ports/trace-log.ts';
import type { Note } from './normalise/notes.ts';
import type { LineProblem } from './parse-json-line.ts';

/** A line that could not be used. */
export interface BadLine extends LineProblem {
  readonly file: string;
  /** 0 for what is wrong with the file as a whole. */
  readonly line: number;
  /** The line, of a long one the beginning; untrusted. */
  readonly text: string;
  /** Whether {@link text} is only the beginning. */
  readonly cut?: boolean;
  /** What it would have been a trace of, where that could be read; untrusted. */
  readonly traceId?: string;
  /** Of the whole line: tells that it came in later. */
  readonly digest?: string;
}

/** A name (label, entity type, …) that judgements use and the model does not know (yet). */
export interface UnknownOutput {
  /** The name; untrusted. */
  readonly output: string;
  /** Judgements that use it. */
  readonly judgements: number;
  /** The known name that is most like it; null for none. */
  readonly nearest: string | null;
}

export interface IngestResult {
  /** Records read, whatever became of them; those passed over apart. */
  readonly lines: number;
  /** New traces. */
  readonly ingested: number;
  /** New judgements, of new traces and of known ones. */
  readonly judgements: number;
  /** Good lines whose trace, or whose judgement of one that is not here yet, was known already. */
  readonly alreadyKnown: number;
  /** Lines of traces that were erased: they are passed over. */
  readonly erased: number;
  readonly quarantined: number;
  /** Files of which no record could be read, or be used as the format that a person named. */
  readonly unreadable: number;
  /** Object keys of the quarantined lines, JSON lines of {@link BadLine}. */
  readonly quarantine: readonly string[];
  /** New judgements of traces that are not here yet: they count once those come. */
  readonly parked: number;
  /** New judgements that do not count until the model knows the output they name. */
  readonly held: number;
  /** Traces of these files about which people disagree. */
  readonly disputed: number;
  /** The names that are waited for, the most frequent first. */
  readonly unknownOutputs: readonly UnknownOutput[];
  /** Records that are rightly none of the model's, by what they are. */
  readonly passedOver: readonly Note[];
  /** What was assumed, each thing once with how often. */
  readonly notes: readonly Note[];
  /** What a person should look at: sentences about the files. */
  readonly warnings: readonly string[];
  /** Lines that quarantine held of earlier files and that have come in now. */
  readonly cleared: number;
  /** Of a dry run, the first new traces as they would be stored; empty otherwise. */
  readonly samples: readonly LoggedTrace[];
}

export const nothingIngested: IngestResult = {
  lines: 0,
  ingested: 0,
  judgements: 0,
  alreadyKnown: 0,
  erased: 0,
  quarantined: 0,
  unreadable: 0,
  quarantine: [],
  parked: 0,
  held: 0,
  disputed: 0,
  unknownOutputs: [],
  passedOver: [],
  notes: [],
  warnings: [],
  cleared: 0,
  samples: [],
};

/** Two files' results as one. */
export function addResults(a: IngestResult, b: IngestResult): IngestResult {
  return {
    lines: a.lines + b.lines,
    ingested: a.ingested + b.ingested,
    judgements: a.judgements + b.judgements,
    alreadyKnown: a.alreadyKnown + b.alreadyKnown,
    erased: a.erased + b.erased,
    quarantined: a.quarantined + b.quarantined,
    unreadable: a.unreadable + b.unreadable,
    quarantine: [...a.quarantine, ...b.quarantine],
    parked: a.parked + b.parked,
    held: a.held + b.held,
    disputed: a.disputed + b.disputed,
    unknownOutputs: addUnknown(a.unknownOutputs, b.unknownOutputs),
    passedOver: addNotes(a.passedOver, b.passedOver),
    notes: addNotes(a.notes, b.notes),
    warnings: [...a.warnings, ...b.warnings],
    cleared: a.cleared + b.cleared,
    samples: [...a.samples, ...b.samples],
  };
}

function addNotes(a: readonly Note[], b: readonly Note[]): readonly Note[] {
  const counts = new Map<string, number>();
  for (const { text, count } of [...a, ...b]) counts.set(text, (counts.get(text) ?? 0) + count);
  return [...counts].map(([text, count]) => ({ text, count })).sort((one, other) => other.count - one.count);
}

function addUnknown(a: readonly UnknownOutput[], b: readonly UnknownOutput[]): readonly UnknownOutput[] {
  const byOutput = new Map<string, UnknownOutput>();
  for (const unknown of [...a, ...b]) {
    const known = byOutput.get(unknown.output);
    byOutput.set(
      unknown.output,
      known === undefined ? unknown : { ...known, judgements: known.judgements + unknown.judgements },
    );
  }
  return [...byOutput.values()].sort((one, other) => other.judgements - one.judgements);
}
