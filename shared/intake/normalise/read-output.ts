import type { Output } from '../../domain/base/output.ts';
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

/**
 * Reads what a file has for an output.
 * @param field it stands in, for messages
 */
export function readOutput(written: unknown, field: string, task: TaskSpec | null, kind: TaskKind): ReadOutput {
  if (kind.read !== undefined) return fromReading(kind.read(task, written), field);
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

function refused(reason: string, mend: string): ReadOutput {
  return { ok: false, problem: { reason, mend } };
}
