import type { Output } from '../../domain/base/output.ts';
import { replaced } from '../../domain/base/replacement.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { TaskSpec } from '../../domain/base/task-spec.ts';
import type { Detector } from '../../ports/detector.ts';
import type { ReadTrace } from '../normalise/read-raw-trace.ts';
import { type LineResult, refuse } from '../parse-json-line.ts';
import { Redactor } from './redactor.ts';

/**
 * A line's trace and judgements with what the detectors find replaced, in texts, steps and metadata. Labels stay as they
 * are. Outputs that name places in the input move with them. A line is refused where that cannot be: one of them begins
 * or ends within what is replaced.
 */
export function redactLine(
  line: ReadTrace,
  detectors: readonly Detector[],
  { kind, task }: { readonly kind: TaskKind; readonly task: TaskSpec },
): LineResult<ReadTrace> {
  if (detectors.length === 0) return { ok: true, value: line };
  const redactor = new Redactor(detectors);
  const { trace, judgements } = line;
  const written = trace?.input ?? '';
  const replacements = redactor.replacements(written);
  const input = replaced(written, replacements);
  const isMoved = kind.anchored && replacements.length > 0;
  const places = (output: Output): Output | null => kind.moved?.(output, written, replacements) ?? null;
  const outputs = [trace?.output ?? null, ...judgements.map(({ expected }) => expected ?? null)];
  if (isMoved && outputs.some((output) => output !== null && places(output) === null)) {
    return refuse(
      'its text holds what the setting "redact" is to replace, and its outputs name places in the text that begin or end within it',
      'replace it before, with the places shifted, or leave the line out',
    );
  }
  const known = new Set(kind.knownFacets(task));
  const said = (output: Output | null): Output | null => {
    if (output === null || (typeof output === 'string' && known.has(output))) return output;
    if (isMoved) return places(output);
    return kind.facets(output).length > 0 ? output : redactor.value(output);
  };
  return {
    ok: true,
    value: {
      ...line,
      trace: trace && {
        ...trace,
        input,
        output: said(trace.output),
        ...(trace.steps && { steps: redactor.value(trace.steps) }),
        ...(trace.metadata && { metadata: redactor.value(trace.metadata) }),
      },
      judgements: judgements.map((judgement) => ({
        ...judgement,
        expected: said(judgement.expected),
        judge: { ...judgement.judge, reason: redactor.text(judgement.judge.reason) },
      })),
    },
  };
}
