import type { Annotation, FormatItem } from '../../ports/trace-format.ts';
import { exchangeFields } from './exchange-fields.ts';
import { evaluationEvent, evaluationOf } from './genai-evaluation.ts';
import { judgementOf, type Origin, passedOver, textOfSource } from './items.ts';
import { attributeAnnotations } from './openinference-annotations.ts';
import { openInferenceExchange } from './openinference-messages.ts';
import { unreadable } from './records.ts';
import type { Attributes, Span } from './span.ts';
import { type DecidedRoot, TraceCalls } from './trace-calls.ts';
import { known, objectOf, parsedOf, textOf } from './untrusted.ts';

/** How many annotations of whole traces wait for the end of the file. */
const waitingAtOnce = 10_000;

const noCall = 'spans that are no model call';
const withoutContent = 'model calls without their content (OPENINFERENCE_HIDE_INPUTS must not be set to record it)';
const annotationOfNoCall = 'annotations of spans that are no model call';

interface Root {
  readonly span: Span;
  readonly annotations: readonly Annotation[];
}

interface TraceAnnotation extends Origin {
  readonly traceId: string;
  readonly annotation: Annotation;
}

/**
 * Spans by the conventions of OpenInference, one by one, as traces and judgements.
 *
 * The id of a trace is the span id, by which Phoenix and carriers of later feedback name what they judge. Spans of kind
 * LLM are the model's calls; the root of a trace, a CHAIN or an AGENT, is one where its trace has no LLM span.
 */
export class OpenInferenceSpans {
  readonly #calls = new TraceCalls<Root>();
  readonly #ofTraces: TraceAnnotation[] = [];

  *take(span: Span, kind: string): Generator<FormatItem> {
    const annotations = [
      ...span.annotations,
      ...attributeAnnotations(span, 'span'),
      ...span.events.filter(({ name }) => name === evaluationEvent).map(evaluationOf),
    ];
    const ofTrace = attributeAnnotations(span, 'trace');
    for (const _ of attributeAnnotations(span, 'session')) yield passedOver(span, 'annotations of whole sessions');

    const [link, ...otherLinks] = span.links;
    const target = kind === 'LLM' || otherLinks.length > 0 ? undefined : link;
    for (const annotation of ofTrace) yield* this.#keep(span, target?.traceId ?? span.traceId, annotation);

    if (kind === 'LLM') {
      this.#calls.enter(span.traceId, span.spanId);
      yield callOf(span, annotations);
    } else if (target !== undefined && annotations.length > 0) {
      for (const annotation of annotations) {
        if (target.spanId === null) yield passedOver(span, 'annotations that do not say of what');
        else yield judgementOf(target.spanId, annotation, span);
      }
    } else if ((kind === 'CHAIN' || kind === 'AGENT') && span.parentId === null && hasContent(span)) {
      const root = { span, annotations };
      for (const decided of this.#calls.hold(span.traceId, span.spanId, root)) yield* itemsOf(decided);
    } else {
      yield* notACall(span, annotations);
    }
  }

  /** What still waits when the file ends. */
  *end(): Generator<FormatItem> {
    for (const decided of this.#calls.end()) yield* itemsOf(decided);
    for (const { traceId, annotation, line, source } of this.#ofTraces) {
      const spanId = this.#calls.callOf(traceId);
      if (typeof spanId === 'string') yield judgementOf(spanId, annotation, { line, source });
      else if (spanId === null) yield passedOver({ line }, 'annotations of traces with several model calls');
      else yield passedOver({ line }, 'annotations of traces whose model call is not in the file');
    }
    this.#ofTraces.length = 0;
  }

  *#keep(span: Span, traceId: string | null, annotation: Annotation): Generator<FormatItem> {
    if (traceId === null || this.#ofTraces.length === waitingAtOnce) {
      yield passedOver(span, 'annotations that do not say of what');
    } else {
      this.#ofTraces.push({ traceId, annotation, line: span.line, source: span.source });
    }
  }
}

function* itemsOf({ root: { span, annotations }, isCall }: DecidedRoot<Root>): Generator<FormatItem> {
  if (isCall) yield callOf(span, annotations);
  else yield* notACall(span, annotations);
}

function* notACall(span: Span, annotations: readonly Annotation[]): Generator<FormatItem> {
  for (const _ of annotations) yield passedOver(span, annotationOfNoCall);
  yield passedOver(span, noCall);
}

function hasContent(span: Span): boolean {
  const { sent, answered } = openInferenceExchange(span.attributes);
  return sent.length > 0 && answered.length > 0;
}

function callOf(span: Span, annotations: readonly Annotation[]): FormatItem {
  const { attributes, line, source } = span;
  const traceId = span.spanId ?? span.traceId;
  const fields = exchangeFields(openInferenceExchange(attributes), {
    ...metadataIn(attributes),
    otelTraceId: span.traceId,
    spanId: span.spanId,
    name: textOf(span.name),
    model: attributes.get('llm.model_name'),
    sessionId: attributes.get('session.id'),
    userId: attributes.get('user.id'),
    service: attributes.get('service.name'),
  });
  if (fields === null) return passedOver(span, withoutContent);
  const text = textOfSource(source);
  if (traceId === null) {
    return unreadable(line, text, { reason: 'a model call without a span id', mend: 'export the ids with it' });
  }
  return {
    kind: 'trace',
    line,
    text,
    fields: { traceId, ...known({ timestamp: span.start }), ...fields },
    annotations,
    source,
  };
}

/** The metadata that the application set: JSON in one attribute, or an attribute each. */
function metadataIn(attributes: Attributes): Readonly<Record<string, unknown>> {
  const prefix = 'metadata.';
  const apart = [...attributes].flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
  );
  return { ...Object.fromEntries(apart), ...objectOf(parsedOf(attributes.get('metadata'))) };
}
