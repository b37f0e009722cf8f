import type { Annotation } from '../../ports/trace-format.ts';
import type { JsonObject } from './records.ts';

/** Attributes by their dotted names. */
export type Attributes = ReadonlyMap<string, unknown>;

/** Names a span; an id that is not known is null. */
export interface SpanReference {
  readonly traceId: string | null;
  readonly spanId: string | null;
}

/** Something that happened at a span, or is said of it; on the span or in a log of its own. */
export interface SpanEvent {
  readonly name: string;
  /** When, as it came. */
  readonly at: unknown;
  readonly attributes: Attributes;
}

/** A span of a trace, whatever wrote it. Untrusted. */
export interface Span extends SpanReference {
  readonly kind: 'span';
  readonly line: number;
  readonly parentId: string | null;
  readonly name: string;
  /** When it began, as it came. */
  readonly start: unknown;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanReference[];
  /** What a tool says of it beside its attributes. */
  readonly annotations: readonly Annotation[];
  /** As it came. */
  readonly source: JsonObject;
}

/** An event in a log, which names its span. */
export interface LoggedEvent extends SpanReference, SpanEvent {
  readonly kind: 'event';
  readonly line: number;
  readonly source: JsonObject;
}
