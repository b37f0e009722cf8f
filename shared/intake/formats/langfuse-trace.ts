import type { SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem } from '../../ports/trace-format.ts';
import { exchangeOf, fieldOf, langfuseMetadata } from './langfuse-fields.ts';
import { annotationOf, isLangfuseScore } from './langfuse-score.ts';
import type { JsonObject } from './records.ts';
import { idOf, known, objectsOf } from './untrusted.ts';

/** Whether a record is a trace of an export of Langfuse, or of its interface. */
export function isLangfuseTrace(record: JsonObject): boolean {
  const has = (name: string): boolean => fieldOf(record, name) !== undefined;
  const isOwn = has('bookmarked') || has('html_path') || (has('project_id') && (has('public') || has('environment')));
  return isOwn && has('id') && has('timestamp') && !has('trace_id') && !has('type');
}

/** Reads a trace of the old exports, which holds the input and the output of the whole, as an inference. */
export function readWholeTrace({ line, text, value }: SourceRecord): FormatItem {
  const { system, ...exchange } = exchangeOf(value);
  if (exchange.input === undefined) return { kind: 'passed-over', line, what: 'traces without an input' };
  const fields = {
    ...known({ traceId: idOf(value.id), timestamp: value.timestamp }),
    ...exchange,
    metadata: langfuseMetadata(value, { system }),
  };
  const annotations = objectsOf(value.scores).filter(isLangfuseScore).map(annotationOf);
  return { kind: 'trace', line, text, fields, annotations, source: value };
}
