import type { Annotation } from '../../ports/trace-format.ts';
import type { SpanEvent } from './span.ts';
import { numberOf, textOf } from './untrusted.ts';

/** Of an event that says what an answer is worth. */
export const evaluationEvent = 'gen_ai.evaluation.result';

/**
 * What an event `gen_ai.evaluation.result` says. Who judged, the conventions do not tell; attributes of OpenInference
 * beside them may. By open-telemetry/semantic-conventions-genai, `model/gen-ai/events.yaml` (at 0387091).
 */
export function evaluationOf({ attributes, at }: SpanEvent): Annotation {
  return {
    name: textOf(attributes.get('gen_ai.evaluation.name')) ?? 'evaluation',
    label: textOf(attributes.get('gen_ai.evaluation.score.label')),
    score: numberOf(attributes.get('gen_ai.evaluation.score.value')),
    correction: null,
    explanation: textOf(attributes.get('gen_ai.evaluation.explanation')) ?? '',
    by: { kind: null, id: null },
    at: at ?? null,
  };
}
