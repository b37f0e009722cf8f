/** A value as OTLP/JSON writes it: `AnyValue`. */
export function otlpValue(value: unknown): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(otlpValue) } };
  return { kvlistValue: { values: otlpAttributes(Object(value)) } };
}

/** Attributes as OTLP/JSON writes them. */
export function otlpAttributes(fields: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(fields).map(([key, value]) => ({ key, value: otlpValue(value) }));
}

/** A document of spans, of one service. */
export function otlpSpans(...spans: readonly unknown[]): unknown {
  const resource = { attributes: otlpAttributes({ 'service.name': 'ticket-router' }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'x' }, spans }] }] };
}

/** A document of log records. */
export function otlpLogs(...logRecords: readonly unknown[]): unknown {
  return { resourceLogs: [{ resource: {}, scopeLogs: [{ scope: { name: 'x' }, logRecords }] }] };
}
