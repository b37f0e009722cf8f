import { flatten } from './flatten.ts';
import { phoenixAnnotation } from './phoenix-annotation.ts';
import type { JsonRecord } from './records.ts';
import type { Attributes, Span, SpanEvent, SpanReference } from './span.ts';
import { idOf, objectOf, objectsOf, textOf } from './untrusted.ts';

/**
 * A span as OpenInference writes it in JSON and Phoenix exports it: `{"context":{"trace_id","span_id"},"span_kind",
 * "parent_id","start_time","attributes":{…}}`, the attributes nested or by dotted names, or all of it in columns by dotted
 * names, as its data frames are saved. By Arize-ai/openinference, `spec/llm_spans.md` (at 0539b7f).
 */
export function jsonSpanOf({ value, line }: JsonRecord): Span {
  const { annotations, events, links, ...rest } = value;
  const flat = flatten(Object.entries(rest));
  const attributes = attributesIn(flat);
  const kind = flat.get('span_kind');
  return {
    kind: 'span',
    line,
    ...referenceIn(flat),
    parentId: idOf(flat.get('parent_id') ?? flat.get('parentId')),
    name: textOf(flat.get('name')) ?? '',
    start: flat.get('start_time') ?? flat.get('startTime'),
    attributes: attributes.has('openinference.span.kind')
      ? attributes
      : new Map([...attributes, ['openinference.span.kind', kind]]),
    events: objectsOf(events).map(eventOf),
    links: objectsOf(links).map((link) => referenceIn(flatten(Object.entries(link)))),
    annotations: objectsOf(annotations).map(phoenixAnnotation),
    source: value,
  };
}

function attributesIn(flat: Attributes): Map<string, unknown> {
  const prefix = 'attributes.';
  return new Map(
    [...flat].flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])),
  );
}

function referenceIn(flat: Attributes): SpanReference {
  const first = (...names: readonly string[]): string | null => {
    const name = names.find((candidate) => flat.has(candidate));
    return name === undefined ? null : idOf(flat.get(name));
  };
  return {
    traceId: first('context.trace_id', 'trace_id', 'traceId'),
    spanId: first('context.span_id', 'span_id', 'spanId'),
  };
}

function eventOf(event: Readonly<Record<string, unknown>>): SpanEvent {
  return {
    name: textOf(event.name) ?? '',
    at: event.timestamp ?? null,
    attributes: new Map(Object.entries(objectOf(event.attributes) ?? {})),
  };
}
