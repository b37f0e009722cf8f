import type { JsonObject, JsonRecord } from './records.ts';
import type { Attributes, LoggedEvent, Span, SpanEvent, SpanReference } from './span.ts';
import { idOf, objectOf, objectsOf, textOf } from './untrusted.ts';

/** Deeper values are left out. */
const maxDepth = 32;

/**
 * The spans and logged events of a document of OTLP/JSON, or a span on its own, as Phoenix answers it.
 *
 * By open-telemetry/opentelemetry-proto, `examples/trace.json` (at ca6170e) and `examples/events.json` (at 80bfb32): ids
 * are hexadecimal, 64-bit integers are texts or numbers, a list of keys and values may stand with or without its `values`.
 */
export function* readOtlpDocument({ value, line }: JsonRecord): Generator<Span | LoggedEvent> {
  if (isOtlpSpan(value)) yield spanOf(value, new Map(), line);
  for (const resourceSpans of objectsOf(value.resourceSpans)) {
    const resource = attributesOf(objectOf(resourceSpans.resource)?.attributes);
    for (const scope of scopesOf(resourceSpans, 'scopeSpans', 'instrumentationLibrarySpans')) {
      for (const span of objectsOf(scope.spans)) yield spanOf(span, resource, line);
    }
  }
  for (const resourceLogs of objectsOf(value.resourceLogs)) {
    for (const scope of scopesOf(resourceLogs, 'scopeLogs', 'instrumentationLibraryLogs')) {
      for (const record of objectsOf(scope.logRecords)) yield loggedOf(record, line);
    }
  }
}

/** Whether an object is one span with its attributes as OTLP writes them. */
export function isOtlpSpan(value: JsonObject): boolean {
  return textOf(value.spanId ?? value.span_id) !== null && objectsOf(value.attributes).some((entry) => 'key' in entry);
}

function scopesOf(holder: JsonObject, name: string, formerName: string): readonly JsonObject[] {
  return objectsOf(holder[name] ?? holder[formerName]);
}

function spanOf(span: JsonObject, resource: Attributes, line: number): Span {
  return {
    kind: 'span',
    line,
    ...referenceOf(span),
    parentId: hexId(span.parentSpanId ?? span.parent_span_id),
    name: textOf(span.name) ?? '',
    start: span.startTimeUnixNano ?? span.start_time_unix_nano,
    attributes: new Map([...resource, ...attributesOf(span.attributes)]),
    events: objectsOf(span.events).map(eventOf),
    links: objectsOf(span.links).map(referenceOf),
    annotations: [],
    source: span,
  };
}

function eventOf(event: JsonObject): SpanEvent {
  return {
    name: textOf(event.name) ?? '',
    at: event.timeUnixNano ?? event.time_unix_nano,
    attributes: attributesOf(event.attributes),
  };
}

function loggedOf(record: JsonObject, line: number): LoggedEvent {
  const attributes = attributesOf(record.attributes);
  const body = objectOf(record.body) === null ? undefined : plain(record.body, 0);
  const fields = objectOf(body) ?? {};
  return {
    kind: 'event',
    line,
    ...referenceOf(record),
    name: textOf(record.eventName) ?? textOf(attributes.get('event.name')) ?? '',
    at: isTime(record.timeUnixNano) ? record.timeUnixNano : record.observedTimeUnixNano,
    attributes: new Map([...attributes, ...Object.entries(fields), ['body', body]]),
    source: record,
  };
}

/** 0 stands for an unknown time. */
function isTime(value: unknown): boolean {
  return value !== undefined && value !== null && value !== 0 && value !== '0';
}

function referenceOf(holder: JsonObject): SpanReference {
  return { traceId: hexId(holder.traceId ?? holder.trace_id), spanId: hexId(holder.spanId ?? holder.span_id) };
}

/** Hexadecimal ids in lower case, whoever wrote them; those that are all zeros are none. */
function hexId(value: unknown): string | null {
  const id = idOf(value);
  if (id === null || /^0+$/.test(id)) return null;
  return /^[0-9a-f]+$/i.test(id) ? id.toLowerCase() : id;
}

/** A list of keys and values as OTLP writes it. */
function attributesOf(value: unknown): Attributes {
  return new Map(entriesOf(value, 0));
}

function entriesOf(value: unknown, depth: number): [string, unknown][] {
  return objectsOf(value).flatMap(({ key, value: inner }) =>
    typeof key === 'string' ? [[key, plain(inner, depth)]] : [],
  );
}

/** What an `AnyValue` holds; undefined where it holds nothing. */
function plain(value: unknown, depth: number): unknown {
  const any = objectOf(value);
  if (any === null || depth === maxDepth) return undefined;
  if (any.intValue !== undefined) return integer(any.intValue);
  const list = objectOf(any.arrayValue)?.values;
  if (list !== undefined) return Array.isArray(list) ? list.map((inner) => plain(inner, depth + 1)) : undefined;
  const entries = objectOf(any.kvlistValue)?.values ?? any.kvlistValue;
  if (entries !== undefined) {
    return Object.fromEntries(entriesOf(entries, depth + 1));
  }
  return any.stringValue ?? any.boolValue ?? any.doubleValue ?? any.bytesValue;
}

/** An integer of 64 bits: a number where one can hold it, else its digits. */
function integer(value: unknown): unknown {
  const number = typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? number : value;
}
