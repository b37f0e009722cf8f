import type { SourceRecord } from '../../ports/source-record.ts';
import type { Annotation, FormatItem } from '../../ports/trace-format.ts';
import { fieldOf } from './langfuse-fields.ts';
import type { JsonObject } from './records.ts';
import { idOf, numberIn, objectOf, textOf } from './untrusted.ts';

const dataTypes: ReadonlySet<unknown> = new Set(['NUMERIC', 'BOOLEAN', 'CATEGORICAL', 'TEXT', 'CORRECTION']);

/** Whether a record is a score of an export of Langfuse, or of its interface. */
export function isLangfuseScore(record: JsonObject): boolean {
  const hasValue = fieldOf(record, 'value') !== undefined || fieldOf(record, 'string_value') !== undefined;
  return dataTypes.has(fieldOf(record, 'data_type')) && 'name' in record && hasValue;
}

/** What a score is about; null where it is about no trace. */
export function subjectOf(
  record: JsonObject,
): { readonly traceId: string; readonly observationId: string | null } | null {
  const subject = objectOf(record.subject);
  if (subject?.kind === 'observation') {
    const traceId = idOf(subject.traceId);
    return traceId === null ? null : { traceId, observationId: idOf(subject.id) };
  }
  const traceId = subject?.kind === 'trace' ? idOf(subject.id) : idOf(fieldOf(record, 'trace_id'));
  return traceId === null ? null : { traceId, observationId: idOf(fieldOf(record, 'observation_id')) };
}

/**
 * Reads a score as a judgement by trace id alone.
 * @param nameTrace the trace id that the generation has which the score is about
 */
export function readScore(
  { line, text, value }: SourceRecord,
  nameTrace: (subject: { traceId: string; observationId: string | null }) => string,
): FormatItem {
  const subject = subjectOf(value);
  if (subject === null) return { kind: 'passed-over', line, what: 'scores that are about no trace' };
  const fields = { traceId: nameTrace(subject) };
  return { kind: 'trace', line, text, fields, annotations: [annotationOf(value)], source: value };
}

/**
 * What a score says. Of a category only its name counts: its figure is its place in a list. A correction is the right
 * output; older answers have it as `string_value`, with a figure that means nothing.
 */
export function annotationOf(score: JsonObject): Annotation {
  const dataType = fieldOf(score, 'data_type');
  const text = textOf(fieldOf(score, 'string_value')) ?? (typeof score.value === 'string' ? textOf(score.value) : null);
  const figure = typeof score.value === 'boolean' ? Number(score.value) : numberIn(score.value);
  const isFigure = dataType === 'NUMERIC' || dataType === 'BOOLEAN';
  const isCorrection = dataType === 'CORRECTION';
  return {
    name: textOf(score.name) ?? '',
    label: isFigure || isCorrection ? null : text,
    score: isFigure ? (figure ?? flagIn(text)) : null,
    correction: isCorrection ? text : null,
    explanation: textOf(score.comment) ?? '',
    by: { kind: kindOf(score.source), id: idOf(fieldOf(score, 'author_user_id')) },
    at: score.timestamp ?? null,
  };
}

function flagIn(text: string | null): number | null {
  if (text === null || !/^(?:true|false)$/i.test(text)) return null;
  return text.toLowerCase() === 'true' ? 1 : 0;
}

function kindOf(source: unknown): Annotation['by']['kind'] {
  if (source === 'ANNOTATION') return 'human';
  return source === 'EVAL' ? 'llm' : null;
}
