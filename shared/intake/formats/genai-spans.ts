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

/** What is said of a call that may come later in the file. */
interface EarlyWord {
  readonly annotation: Annotation;
  readonly origin: Origin;
  /** The id of the call's trace where it does not come; null where the word then says of nothing. */
  readonly otherwise: string | null;
}

/**
 * Spans and logged events by the GenAI conventions of OpenTelemetry, one by one, as traces and judgements.
 *
 * The id of a trace is that of the response. Of a call without one it is OTLP's trace id for the first span of a trace that
 * is a model call, or is judged, in the file; each further one is `traceId:spanId`. An evaluation names the response, or
 * else the span of the call.
 */
export class GenAiSpans {
  /** The first model call of a trace, by trace id. */
  readonly #firsts = new LRUCache<string, string>({ maxSize: remembered, sizeCalculation: () => 1 });
  /** Ids of the traces of calls, by what may name the call: see {@link namesOf}. */
  readonly #calls = new LRUCache<string, string>({ maxSize: 3 * remembered, sizeCalculation: () => 1 });
  /** What was said of calls that have not come yet, by the name used. */
  readonly #early = new Map<string, EarlyWord[]>();
  #earlyCount = 0;
  /** Messages of calls whose answer has not come yet, by span. */
  readonly #unanswered = new Map<string, { readonly exchange: Exchange; readonly line: number }>();

  *take(span: Span): Generator<FormatItem> {
    const evaluations = span.events.filter(({ name }) => name === evaluationEvent).map(evaluationOf);
    if (!isGenAiInference(span.attributes)) {
      yield* this.#carry(span, evaluations);
      return;
    }
    const bySpan = this.#idOf(span);
    const id = responseIdOf(span.attributes) ?? bySpan;
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
    yield* this.#cameIn(id, span);
  }

  /** Evaluations at a span that is no call are of the one that it links. */
  *#carry(span: Span, evaluations: readonly Annotation[]): Generator<FormatItem> {
    const [target, ...others] = span.links;
    for (const evaluation of evaluations) {
      if (target === undefined || others.length > 0) yield passedOver(span, ofNoCall);
      else yield* this.#judge(evaluation, span, target, null);
    }
    yield passedOver(span, noCall);
  }

  *hear(event: LoggedEvent): Generator<FormatItem> {
    if (event.name === evaluationEvent)
      yield* this.#judge(evaluationOf(event), event, event, responseIdOf(event.attributes));
    else if (isMessageEvent(event.name)) yield* this.#collect(event);
    else yield passedOver(event, noCallLogged);
  }

  /** What still waits when the file ends. */
  *end(): Generator<FormatItem> {
    for (const words of this.#early.values()) for (const word of words) yield ofAbsentCall(word);
    for (const question of this.#unanswered.values()) yield passedOver(question, withoutAnswer);
  }

  *#judge(
    annotation: Annotation,
    { line, source }: Origin,
    reference: SpanReference,
    responseId: string | null,
  ): Generator<FormatItem> {
    const origin = { line, source };
    const names = namesOf(reference, responseId);
    const id = names.map((name) => this.#calls.get(name)).find((known) => known !== undefined);
    if (id !== undefined) {
      yield judgementAt(id, annotation, origin);
      return;
    }
    const word = { annotation, origin, otherwise: responseId ?? this.#idOf(reference) };
    const [name] = names;
    if (name === undefined || this.#earlyCount === waitingAtOnce) {
      yield ofAbsentCall(word);
      return;
    }
    const others = this.#early.get(name);
    if (others === undefined) this.#early.set(name, [word]);
    else others.push(word);
    this.#earlyCount += 1;
  }

  /** A call is there: those who judge it find it, and what was said of it before is told. */
  *#cameIn(id: string, call: SpanReference & { readonly attributes: Attributes }): Generator<FormatItem> {
    const isFirst =
      call.traceId !== null && !this.#calls.has(namesOf({ traceId: call.traceId, spanId: null }, null)[0] ?? '');
    const names = namesOf(call, responseIdOf(call.attributes));
    if (isFirst) names.push(...namesOf({ traceId: call.traceId, spanId: null }, null));
    for (const name of names) {
      this.#calls.set(name, id);
      const words = this.#early.get(name) ?? [];
      for (const { annotation, origin } of words) yield judgementAt(id, annotation, origin);
      this.#early.delete(name);
      this.#earlyCount -= words.length;
    }
  }

  /** A call by the events of its log: of today all of it in one, by earlier conventions a message each. */
  *#collect(event: LoggedEvent): Generator<FormatItem> {
    const responseId = responseIdOf(event.attributes);
    const bySpan = this.#idOf(event) ?? responseId;
    if (bySpan === null) {
      yield withoutIds(event);
      return;
    }
    const [name] = namesOf(event, null);
    const id = responseId ?? (name === undefined ? undefined : this.#calls.get(name)) ?? bySpan;
    const now = eventExchange(event);
    const before = this.#unanswered.get(bySpan);
    const exchange = before === undefined ? now : joinedExchanges([before.exchange, now]);
    const isWhole = event.name === 'gen_ai.client.inference.operation.details';
    if (isWhole && !isGenAiInference(event.attributes)) {
      yield passedOver(event, noCallLogged);
    } else if (!isWhole && now.answered.length === 0) {
      yield* this.#wait(bySpan, exchange, event);
    } else {
      this.#unanswered.delete(bySpan);
      const missing = isWhole ? withoutContent : 'logged answers without their question';
      yield callOf(id, event, event.at, exchange, event.attributes) ?? passedOver(event, missing);
      yield* this.#cameIn(id, event);
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

/** What names a call in a file, the surest first: its response, its span, or its trace where no span is named. */
function namesOf({ traceId, spanId }: SpanReference, responseId: string | null): string[] {
  const named = traceId === null && spanId === null ? [] : [JSON.stringify([traceId, spanId])];
  return responseId === null ? named : [JSON.stringify(responseId), ...named];
}

function judgementAt(id: string, annotation: Annotation, origin: Origin): FormatItem {
  return { ...judgementOf(id, annotation, origin), source: origin.source };
}

function ofAbsentCall({ annotation, origin, otherwise }: EarlyWord): FormatItem {
  return otherwise === null
    ? passedOver(origin, 'evaluations that do not say of what')
    : judgementAt(otherwise, annotation, origin);
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
