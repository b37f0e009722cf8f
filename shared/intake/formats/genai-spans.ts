import { LRUCache } from 'lru-cache';
import type { Annotation, FormatItem, RawTrace } from '../../ports/trace-format.ts';
import { exchangeFields } from './exchange-fields.ts';
import { evaluationEvent, evaluationOf } from './genai-evaluation.ts';
import {
  type Exchange,
  eventExchange,
  genAiExchange,
  isGenAiInference,
  isMessageEvent,
  joinedExchanges,
} from './genai-messages.ts';
import { judgementOf, type Origin, passedOver, textOfSource } from './items.ts';
import { unreadable } from './records.ts';
import type { Attributes, LoggedEvent, Span, SpanReference } from './span.ts';
import { idOf, known } from './untrusted.ts';

/** The memory of a file: how many spans, and how many items that wait for another, are remembered at once. */
const remembered = 100_000;
const waitingAtOnce = 10_000;
const messagesOfACall = 1_000;

const noCall = 'spans that are no model call';
const withoutContent =
  'model calls without their content (record it with OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_AND_EVENT)';
const noCallLogged = 'log records that tell of no model call';
const withoutAnswer = 'logged questions without an answer';
const ofNoCall = 'evaluations of spans that are no model call';

/**
 * Spans and logged events by the GenAI conventions of OpenTelemetry, one by one, as traces and judgements.
 *
 * The id of a trace is OTLP's trace id for the first span of a trace that is a model call, or is judged, in the file; each
 * further one is `traceId:spanId`. An evaluation names its span, or else the id of the response.
 */
export class GenAiSpans {
  /** The first model call of a trace, by trace id. */
  readonly #firsts = new LRUCache<string, string>({ maxSize: remembered, sizeCalculation: () => 1 });
  /** Ids of traces by the id of the response. */
  readonly #responses = new LRUCache<string, string>({ maxSize: remembered, sizeCalculation: () => 1 });
  /** Evaluations by the id of a response that has not come yet. */
  readonly #early = new Map<string, LoggedEvent[]>();
  #earlyCount = 0;
  /** Messages of calls whose answer has not come yet, by span. */
  readonly #unanswered = new Map<string, { readonly exchange: Exchange; readonly line: number }>();

  *take(span: Span): Generator<FormatItem> {
    const evaluations = span.events.filter(({ name }) => name === evaluationEvent).map(evaluationOf);
    if (!isGenAiInference(span.attributes)) {
      yield* this.#carry(span, evaluations);
      return;
    }
    const id = this.#idOf(span) ?? responseIdOf(span.attributes);
    if (id === null) {
      yield withoutIds(span);
      return;
    }
    const call = callOf(id, span, span.start, genAiExchange(span.attributes, span.events), span.attributes);
    if (call === null) {
      yield passedOver(span, withoutContent);
      for (const evaluation of evaluations) yield judgementOf(id, evaluation, span);
    } else {
      yield { ...call, annotations: evaluations };
    }
    yield* this.#judgeEarly(id, span.attributes);
  }

  /** Evaluations at a span that is no call are of the one that it links. */
  *#carry(span: Span, evaluations: readonly Annotation[]): Generator<FormatItem> {
    const [target, ...others] = span.links;
    for (const evaluation of evaluations) {
      const id = target === undefined || others.length > 0 ? null : this.#idOf(target);
      yield id === null ? passedOver(span, ofNoCall) : judgementOf(id, evaluation, span);
    }
    yield passedOver(span, noCall);
  }

  *hear(event: LoggedEvent): Generator<FormatItem> {
    if (event.name === evaluationEvent) yield* this.#judge(event);
    else if (isMessageEvent(event.name)) yield* this.#collect(event);
    else yield passedOver(event, noCallLogged);
  }

  /** What still waits when the file ends. */
  *end(): Generator<FormatItem> {
    for (const events of this.#early.values()) {
      for (const event of events) yield passedOver(event, 'evaluations of answers that are not in the file');
    }
    for (const question of this.#unanswered.values()) yield passedOver(question, withoutAnswer);
  }

  *#judge(event: LoggedEvent): Generator<FormatItem> {
    const responseId = responseIdOf(event.attributes);
    const id = this.#idOf(event) ?? (responseId === null ? null : (this.#responses.get(responseId) ?? null));
    if (id !== null) {
      yield { ...judgementOf(id, evaluationOf(event), event), source: event.source };
    } else if (responseId === null || this.#earlyCount === waitingAtOnce) {
      yield passedOver(event, 'evaluations that do not say of what');
    } else {
      this.#early.set(responseId, [...(this.#early.get(responseId) ?? []), event]);
      this.#earlyCount += 1;
    }
  }

  *#judgeEarly(id: string, attributes: Attributes): Generator<FormatItem> {
    const responseId = responseIdOf(attributes);
    if (responseId === null) return;
    this.#responses.set(responseId, id);
    const events = this.#early.get(responseId) ?? [];
    for (const event of events) yield judgementOf(id, evaluationOf(event), event);
    this.#early.delete(responseId);
    this.#earlyCount -= events.length;
  }

  /** A call by the events of its log: of today all of it in one, by earlier conventions a message each. */
  *#collect(event: LoggedEvent): Generator<FormatItem> {
    const id = this.#idOf(event) ?? responseIdOf(event.attributes);
    if (id === null) {
      yield withoutIds(event);
      return;
    }
    const now = eventExchange(event);
    const before = this.#unanswered.get(id);
    const exchange = before === undefined ? now : joinedExchanges([before.exchange, now]);
    const isWhole = event.name === 'gen_ai.client.inference.operation.details';
    if (isWhole && !isGenAiInference(event.attributes)) {
      yield passedOver(event, noCallLogged);
    } else if (!isWhole && now.answered.length === 0) {
      yield* this.#wait(id, exchange, event);
    } else {
      this.#unanswered.delete(id);
      const missing = isWhole ? withoutContent : 'logged answers without their question';
      yield callOf(id, event, event.at, exchange, event.attributes) ?? passedOver(event, missing);
      yield* this.#judgeEarly(id, event.attributes);
    }
  }

  *#wait(id: string, exchange: Exchange, { line }: LoggedEvent): Generator<FormatItem> {
    const [oldest] = this.#unanswered;
    if (this.#unanswered.size === waitingAtOnce && oldest !== undefined && !this.#unanswered.has(id)) {
      this.#unanswered.delete(oldest[0]);
      yield passedOver(oldest[1], withoutAnswer);
    }
    if (exchange.sent.length <= messagesOfACall) this.#unanswered.set(id, { exchange, line });
  }

  #idOf({ traceId, spanId }: SpanReference): string | null {
    if (traceId === null || spanId === null) return traceId ?? spanId;
    const first = this.#firsts.get(traceId) ?? spanId;
    this.#firsts.set(traceId, first);
    return first === spanId ? traceId : `${traceId}:${spanId}`;
  }
}

function callOf(
  traceId: string,
  { line, source, ...reference }: Origin & SpanReference,
  timestamp: unknown,
  exchange: Exchange,
  attributes: Attributes,
): RawTrace | null {
  const fields = exchangeFields(exchange, {
    otelTraceId: reference.traceId,
    spanId: reference.spanId,
    model: attributes.get('gen_ai.response.model') ?? attributes.get('gen_ai.request.model'),
    responseId: responseIdOf(attributes),
    conversationId: attributes.get('gen_ai.conversation.id'),
    service: attributes.get('service.name'),
  });
  if (fields === null) return null;
  return {
    kind: 'trace',
    line,
    text: textOfSource(source),
    fields: { traceId, ...known({ timestamp }), ...fields },
    annotations: [],
    source: { ...source, attributes: Object.fromEntries(attributes) },
  };
}

function responseIdOf(attributes: Attributes): string | null {
  return idOf(attributes.get('gen_ai.response.id'));
}

function withoutIds({ line, source }: Origin): FormatItem {
  const reason = 'a model call without a trace id, a span id or the id of its response';
  return unreadable(line, textOfSource(source), { reason, mend: 'export the ids with it' });
}
