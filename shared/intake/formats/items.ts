import type { Annotation, PassedOver, RawTrace } from '../../ports/trace-format.ts';
import { keptBytes } from '../read-lines.ts';
import type { JsonObject } from './records.ts';

/** Where an item comes from. */
export interface Origin {
  readonly line: number;
  /** The record as it came. */
  readonly source: JsonObject;
}

/** A record as text; of a long one the beginning. */
export function textOfSource(source: JsonObject): string {
  return JSON.stringify(source).slice(0, keptBytes);
}

/** A judgement by its trace's id alone. */
export function judgementOf(traceId: string, annotation: Annotation, { line, source }: Origin): RawTrace {
  return { kind: 'trace', line, text: textOfSource(source), fields: { traceId }, annotations: [annotation] };
}

/** @param what in the plural */
export function passedOver({ line }: { readonly line: number }, what: string): PassedOver {
  return { kind: 'passed-over', line, what };
}
