import { effectiveJudgement, type Judgement } from './judgement.ts';
import { standingJudgements } from './retractions.ts';

/** What judgements say in numbers: traces that were judged, and those of them that were found to fail. */
export interface VerdictCounts {
  readonly judged: number;
  readonly failed: number;
}

/** Counts each judged trace once, by the judgement that counts among those given and not taken back. */
export function countVerdicts(judgements: readonly Judgement[]): VerdictCounts {
  const byTrace = Map.groupBy(standingJudgements(judgements), (judgement) => judgement.traceId);
  let failed = 0;
  for (const ofTrace of byTrace.values()) if (effectiveJudgement(ofTrace)?.verdict === 'fail') failed += 1;
  return { judged: byTrace.size, failed };
}
