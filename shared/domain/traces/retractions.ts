import type { Judgement } from './judgement.ts';

/**
 * The judgements that were not taken back, in their order, without the records that take some back. What was taken back
 * stays so, however often and in whatever order it comes.
 */
export function standingJudgements<J extends Pick<Judgement, 'judgementId' | 'traceId' | 'retracts'>>(
  judgements: readonly J[],
): readonly J[] {
  if (judgements.every(({ retracts }) => retracts === undefined)) return judgements;
  const gone = new Set(
    judgements.flatMap(({ traceId, retracts }) => (retracts === undefined ? [] : [nameOf(traceId, retracts)])),
  );
  return judgements.filter(
    ({ judgementId, traceId, retracts }) => retracts === undefined && !gone.has(nameOf(traceId, judgementId)),
  );
}

function nameOf(traceId: string, judgementId: string): string {
  return `${judgementId} ${traceId}`;
}
