import type { Annotation } from '../../ports/trace-format.ts';
import type { JsonObject } from './records.ts';
import { idOf, numberIn, objectOf, textOf } from './untrusted.ts';

/**
 * An annotation as Phoenix writes it, in answers of its REST interface and beside exported spans: `{"name",
 * "annotator_kind","result":{"label","score","explanation"},"identifier","user_id","updated_at"}`; in a table of its data
 * frames the result has a column each. By Arize-ai/phoenix, `schemas/openapi.json` (at 9744e3e), SpanAnnotation and
 * AnnotationResult.
 */
export function phoenixAnnotation(annotation: JsonObject): Annotation {
  const result = objectOf(annotation.result);
  const said = (name: string): unknown => result?.[name] ?? annotation[`result.${name}`] ?? annotation[name];
  return {
    name: textOf(annotation.name) ?? textOf(annotation.annotation_name) ?? 'annotation',
    label: textOf(said('label')),
    score: numberIn(said('score')),
    correction: null,
    explanation: textOf(said('explanation')) ?? '',
    by: { kind: annotatorKind(annotation.annotator_kind), id: idOf(annotation.user_id) ?? idOf(annotation.identifier) },
    at: annotation.updated_at ?? annotation.created_at ?? null,
  };
}

const kinds: ReadonlyMap<unknown, Annotation['by']['kind']> = new Map([
  ['HUMAN', 'human'],
  ['LLM', 'llm'],
  ['CODE', 'rule'],
]);

/** Who judged, by the words of OpenInference; null for words of one's own. */
export function annotatorKind(value: unknown): Annotation['by']['kind'] {
  return kinds.get(typeof value === 'string' ? value.toUpperCase() : value) ?? null;
}
