import type { Judgement } from '../../shared/domain/traces/judgement.ts';
import type { Trace } from '../../shared/domain/traces/trace.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';

export function sampleTrace(change: Partial<Trace> = {}): Trace {
  return {
    traceId: 't1',
    timestamp: '2026-01-01T00:00:00.000Z',
    modelId: 'm1',
    input: 'some text',
    output: labelOutput('spam'),
    ...change,
  };
}

export function sampleJudgement(change: Partial<Judgement> = {}): Judgement {
  return {
    judgementId: 'j1',
    traceId: 't1',
    verdict: 'fail',
    expected: labelOutput('ham'),
    judge: { kind: 'human', id: 'anna', reason: 'a newsletter' },
    judgedAt: '2026-01-02T00:00:00.000Z',
    ...change,
  };
}

/** Texts that have broken one store or another. */
export const hostileTexts = [
  '',
  ' ',
  "'; DROP TABLE traces; --",
  '"quoted" and \'quoted\'',
  '../../etc/passwd',
  '$1 ? %s {}',
  'nul\0in the middle\0',
  '\0',
  '\u001b[31mred\u001b[0m\r\n\t',
  '\ufeffmarked',
  '\u202egnidaer\u2066',
  '😀👩‍👩‍👧‍👦 Ünï\u0301code \u{10ffff}',
  '\ufffd\uffff\u2028',
  'null',
  '{"a": [1, "x"]}',
  'x'.repeat(200_000),
];
