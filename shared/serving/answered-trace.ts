import type { Model } from '../domain/models/model.ts';
import type { Trace } from '../domain/traces/trace.ts';
import { redactLine } from '../intake/redact/redact-line.ts';
import { detectorsOf } from '../intake/redact/redactor.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * A trace as it may be stored, with what the model's settings and the place's detectors say replaced; null where that
 * would make its output untrue.
 */
export function storable(trace: Trace, model: Model, ports: Pick<Ports, 'tasks' | 'detectors'>): Trace | null {
  const detectors = [...detectorsOf(model.settings), ...(ports.detectors ?? [])];
  const line = { traceId: trace.traceId, trace, saidOf: null, judgements: [] };
  const redacted = redactLine(line, detectors, { kind: kindOf(model, ports), task: model.task });
  return redacted.ok ? redacted.value.trace : null;
}
