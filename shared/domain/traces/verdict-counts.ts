import { effectiveJudgement, type Judgement } from './judgement.ts';
import { standingJudgements } from './retractions.ts';

/** What judgements say in numbers: traces that were judged, and those of them that were found to fail. */
export interface VerdictCounts {
  readonly judged: number;
  readonly failed: number;
  /** Traces known to fail before, whose right output is known only now; none of {@link judged}. */
  readonly corrected?: number;
}

/** Counts each judged trace once, by the judgement that counts among those given and not taken back. */
export function countVerdicts(judgements: readonly Judgement[]): VerdictCounts {
  const byTrace = Map.groupBy(standingJudgements(judgements), (judgement) => judgement.traceId);
  let failed = 0;
  for (const ofTrace of byTrace.values()) if (effectiveJudgement(ofTrace)?.verdict === 'fail') failed += 1;
  return { judged: byTrace.size, failed };
}

/** What is left of the counts of a batch once some of its traces are gone: no more than its judgements still say. */
export function countsAfterErasure(before: VerdictCounts, left: readonly Judgement[]): VerdictCounts {
  const { judged, failed } = countVerdicts(left);
  const corrected = Math.min(before.corrected ?? 0, failed);
  return {
    judged: Math.min(before.judged, judged),
    failed: Math.min(before.failed, failed),
    ...(corrected === 0 ? {} : { corrected }),
  };
}
