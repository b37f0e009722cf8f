import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { TaskSpec } from '../../domain/base/task-spec.ts';
import type { Detector } from '../../ports/detector.ts';
import type { ReadTrace } from '../normalise/read-raw-trace.ts';
import { type LineResult, refuse } from '../parse-json-line.ts';
import { Redactor } from './redactor.ts';

/**
 * A line's trace and judgements with what the detectors find replaced, in texts, steps and metadata. Labels stay as they
 * are. A line whose outputs name places in the input is refused where the input would change: they would no longer be
 * true.
 */
export function redactLine(
  line: ReadTrace,
  detectors: readonly Detector[],
  { kind, task }: { readonly kind: TaskKind; readonly task: TaskSpec },
): LineResult<ReadTrace> {
  if (detectors.length === 0) return { ok: true, value: line };
  const redactor = new Redactor(detectors);
  const { trace, judgements } = line;
  const input = trace === null ? '' : redactor.text(trace.input);
  const outputs = [trace?.output ?? null, ...judgements.map(({ expected }) => expected ?? null)];
  if (trace !== null && kind.anchored && input !== trace.input && outputs.some((output) => output !== null)) {
    return refuse(
      'its text holds what the setting "redact" is to replace, and its outputs name places in the text',
      'replace it before, with the places shifted, or leave the line out',
    );
  }
  const known = new Set(kind.knownFacets(task));
  const said = (output: Output | null): Output | null =>
    output === null || (typeof output === 'string' && known.has(output)) || kind.facets(output).length > 0
      ? output
      : redactor.value(output);
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
