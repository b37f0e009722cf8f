import { judgeRecord } from '../../shared/domain/traces/judging.ts';
import type { JudgedRecord } from '../../shared/domain/traces/trace-record.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import type { StagedLog } from '../adaptft/logs/staged-log.ts';
import type { Answer } from '../adaptft/logs/trace-line.ts';

/** A log of AdaptFT-Bench as a model answered it and as the judge then judged it, with what was done to it. */
export interface JudgedLog {
  readonly record: JudgedRecord;
  readonly truth: StagedLog['truth'];
}

/** The log as a run pins it; null where it timed out, and nothing was judged. */
export function judgedLog(log: StagedLog, { output, confidence }: Answer): JudgedLog | null {
  if (log.timedOut) return null;
  const snapshot = {
    traceId: log.logId,
    // A group and a fold of its own: the bench deals its own folds.
    groupId: log.logId,
    folds: [0],
    use: 'evidence' as const,
    timestamp: log.timestamp,
    input: log.input,
    slice: null,
    steps: null,
    recorded: output,
    judgement: {
      verdict: classification.key(output) === classification.key(log.expected) ? ('pass' as const) : ('fail' as const),
      expected: log.expected,
      judge: { kind: 'llm' as const, id: 'judge', reason: '' },
    },
    answer: output,
    confidence,
    runnerUp: null,
  };
  return { record: judgeRecord(snapshot, classification), truth: log.truth };
}
