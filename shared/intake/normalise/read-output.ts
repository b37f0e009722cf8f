import type { LabelReading } from '../../domain/base/label-change.ts';
import type { Output } from '../../domain/base/output.ts';
import { outputToday } from '../../domain/base/output-today.ts';
import type { OutputReading, TaskKind } from '../../domain/base/task-kind.ts';
import type { TaskSpec } from '../../domain/base/task-spec.ts';
import { describeIssues, type LineProblem } from '../parse-json-line.ts';

/** An output as the task takes it, or why it takes none. */
export type ReadOutput =
  | {
      readonly ok: true;
      readonly output: Output;
      /** How it was read, where it was written otherwise. */
      readonly note: string | null;
      /** Set where the task does not know it, with the known output that is most like it. */
      readonly unknown: { readonly nearest: Output | null } | null;
    }
  | { readonly ok: false; readonly problem: LineProblem };

interface Known {
  readonly task: TaskSpec | null;
  readonly kind: TaskKind;
  /** Null where the labels were never changed. */
  readonly labelReading: LabelReading | null;
}

/**
 * Reads what a file has for an output.
 * @param field it stands in, for messages
 */
export function readOutput(written: unknown, field: string, { task, kind, labelReading }: Known): ReadOutput {
  if (kind.read !== undefined) return asFormerly(fromReading(kind.read(task, written), field), kind, labelReading);
  const parsed = kind.output.safeParse(written);
  if (parsed.success) return { ok: true, output: parsed.data, note: null, unknown: null };
  return refused(`"${field}": ${describeIssues(parsed.error)}`, `write ${kind.words.output}`);
}

function fromReading(reading: OutputReading, field: string): ReadOutput {
  switch (reading.kind) {
    case 'known':
      return { ok: true, output: reading.output, note: reading.note, unknown: null };
    case 'unknown':
      return { ok: true, output: reading.output, note: reading.note, unknown: { nearest: reading.nearest } };
    case 'unusable': {
      const mend = reading.path === null ? reading.mend : `say so with --map ${field}=${field}${reading.path}`;
      return refused(`"${field}" is ${reading.reason}`, mend);
    }
  }
}

/** A name that the model gave up is known, however it is written; what became of it is read from the log later. */
function asFormerly(read: ReadOutput, { key, show }: TaskKind, reading: LabelReading | null): ReadOutput {
  if (!read.ok || read.unknown === null) return read;
  const former = reading?.formerly?.(read.output) ?? null;
  if (former === null) return read;
  const isVariant = key(former) !== key(read.output);
  const note = isVariant
    ? `${JSON.stringify(show(read.output).slice(0, 80))} read as ${JSON.stringify(show(outputToday(former, reading)))}`
    : read.note;
  return { ok: true, output: former, note, unknown: null };
}

function refused(reason: string, mend: string): ReadOutput {
  return { ok: false, problem: { reason, mend } };
}
