import type { Annotation } from '../../ports/trace-format.ts';
import { numbered } from './flatten.ts';
import { annotatorKind } from './phoenix-annotation.ts';
import type { Attributes, Span } from './span.ts';
import { idOf, numberOf, textOf } from './untrusted.ts';

/** What annotations of a span are said of. */
export type Scope = 'span' | 'trace' | 'session';

const prefixes: Readonly<Record<Scope, string>> = { span: '', trace: 'trace.', session: 'session.' };

/**
 * The annotations among a span's attributes, `annotations.0.annotation.label` and `evaluations.0.evaluation.label`, with
 * `trace.` or `session.` before them where they are not of one span. One that is written in both forms counts once.
 *
 * By Arize-ai/openinference, `spec/annotations.md` (at 72c77c7).
 */
export function attributeAnnotations({ attributes, start }: Span, scope: Scope): readonly Annotation[] {
  const found = [
    ...numbered(attributes, `${prefixes[scope]}annotations`).map((entry) => annotationOf(entry, 'annotation', start)),
    ...numbered(attributes, `${prefixes[scope]}evaluations`).map((entry) => annotationOf(entry, 'evaluation', start)),
  ];
  return [...new Map(found.map((annotation) => [JSON.stringify(annotation), annotation])).values()];
}

function annotationOf(entry: Attributes, form: string, at: unknown): Annotation {
  const field = (name: string): unknown => entry.get(`${form}.${name}`);
  return {
    name: textOf(field('name')) ?? form,
    label: textOf(field('label')),
    score: numberOf(field('score')),
    correction: null,
    explanation: textOf(field('explanation')) ?? '',
    by: { kind: annotatorKind(field('annotator_kind')), id: idOf(field('identifier')) },
    at: at ?? null,
  };
}
