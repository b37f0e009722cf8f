import type { Annotation } from '../../ports/trace-format.ts';
import type { JsonObject } from './records.ts';
import { idOf, numberOf, objectOf, textOf } from './untrusted.ts';

/** Who gave feedback, by the type of its source; `api` is whatever the application says. */
const kinds: ReadonlyMap<unknown, Annotation['by']['kind']> = new Map([
  ['app', 'human'],
  ['model', 'llm'],
  ['evaluator', 'llm'],
  ['auto_eval', 'llm'],
]);

/**
 * Feedback as LangSmith keeps it: `{"run_id","key","score","value","comment","correction","feedback_source":{"type"}}`.
 * By docs.langchain.com, `langsmith/feedback-data-format` (read in November 2026).
 */
export function feedbackAnnotation(feedback: JsonObject): Annotation {
  const source = objectOf(feedback.feedback_source);
  const { score, value } = feedback;
  return {
    name: textOf(feedback.key) ?? 'feedback',
    label: textOf(value) ?? (typeof value === 'boolean' || typeof value === 'number' ? String(value) : null),
    score: typeof score === 'boolean' ? Number(score) : numberOf(score),
    correction: correctionOf(feedback.correction),
    explanation: textOf(feedback.comment) ?? '',
    by: { kind: kinds.get(source?.type) ?? null, id: idOf(source?.user_id) ?? idOf(source?.user_name) },
    at: feedback.modified_at ?? feedback.created_at ?? null,
  };
}

/** The right output: a text, or the one text of an object, since the field takes objects alone; else as it came. */
function correctionOf(value: unknown): unknown {
  const object = objectOf(value);
  if (object === null) return value ?? null;
  const values = Object.values(object);
  if (values.length === 0) return null;
  return values.length === 1 ? values[0] : object;
}
