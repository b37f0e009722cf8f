import type { Output } from '../../../shared/domain/base/output.ts';
import type { TaskKind } from '../../../shared/domain/base/task-kind.ts';
import type { Prediction } from '../../../shared/ports/predictor.ts';
import { isJudged, type StagedLog } from './staged-log.ts';

/** A model's answer to a log. */
export interface Answer {
  readonly output: Output | null;
  readonly confidence: number;
}

/** A prediction; no answer where there is none. */
export function answerOf(prediction: Prediction | undefined): Answer {
  return { output: prediction?.output ?? null, confidence: prediction?.confidence ?? 0 };
}

/**
 * The log as a line for `ratchet ingest`: the input, what the model answered, and what the judge made of it. No ground
 * truth.
 */
export function traceLine(
  log: StagedLog,
  answer: Answer | null,
  modelId: string,
  kind: Pick<TaskKind, 'key'>,
): Record<string, unknown> {
  const recorded = {
    traceId: log.logId,
    timestamp: log.timestamp,
    modelId,
    input: log.input,
    metadata: { latencyMs: log.latencyMs },
  };
  if (log.timedOut) return { ...recorded, output: null };
  if (answer === null) {
    if (!isJudged(log)) return { ...recorded, output: null };
    return log.expected === null
      ? { ...recorded, output: null, ...verdict('fail') }
      : { ...recorded, output: null, expected: log.expected, ...judge };
  }
  const given = { ...recorded, output: answer.output, confidence: answer.confidence };
  if (!isJudged(log)) return given;
  if (log.expected === null) return { ...given, ...verdict('fail') };
  return {
    ...given,
    expected: log.expected,
    ...verdict(kind.key(answer.output) === kind.key(log.expected) ? 'pass' : 'fail'),
  };
}

const judge = { judge: { kind: 'llm', id: 'adaptft-judge', reason: '' } };

function verdict(value: 'pass' | 'fail') {
  return { verdict: value, ...judge };
}
