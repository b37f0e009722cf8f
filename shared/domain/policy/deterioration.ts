import { wilsonInterval } from '../base/statistics.ts';
import type { Settings } from '../models/settings.ts';

/** Judged traces of one batch; null where they were not counted. In order of arrival. */
export interface JudgedBatch {
  /** In the log. */
  readonly position: number;
  readonly judged: number | null;
  readonly failed: number | null;
  /** Traces known to fail before, whose right output it tells; they say nothing of the rate. */
  readonly corrected?: number | null;
}

export interface Deterioration {
  readonly deteriorated: boolean;
  /** The highest value of the sum since it was last reset, in nats. */
  readonly statistic: number;
  /** The failure rate held against, a fraction; null while too little was judged to know one. */
  readonly usualRate: number | null;
  /** What was watched. */
  readonly judged: number;
  readonly failed: number;
}

/** The change that is watched for: odds of failing that are this many times the usual ones. */
const oddsRatio = 2;
/**
 * Confidence of the interval whose upper end counts as the usual rate: a rate known from few traces is not taken for
 * low.
 */
const usualLevel = 0.68;
/** No rate is taken for lower, since a single failure would then weigh too much. */
const leastRate = 0.005;
/** Where more than this many of the judged traces fail anyway, there is no worse to be seen. */
const mostRate = 0.95;

/**
 * Whether judged traces fail more often than they used to, by a one-sided Bernoulli CUSUM (Page 1954; Reynolds and
 * Stoumbos 1999): the sum of log-likelihood ratios of the odds of failing being doubled against being as usual, kept at
 * 0 or above, with an alarm at the threshold h. The usual rate comes from the first traces judged in the champion's
 * time; its estimate, not its true value, is what shortens the time between false alarms, hence the upper end of its
 * interval. Within a batch no order is known, so the sum moves by whole batches. The defaults (h = 5 after 200 judged
 * traces) are weighed in docs/adr/0012-what-starts-a-run.md.
 *
 * @param history batches of the champion's time, oldest first
 * @param since the sum begins at 0 with batches after this position, up to which the last run has seen the log; null for
 * all
 */
export function detectDeterioration(
  history: readonly JudgedBatch[],
  since: number | null,
  settings: Pick<Settings, 'deteriorationBaseline' | 'deteriorationThreshold'>,
): Deterioration {
  const known = history.flatMap(({ position, judged, failed }) =>
    judged === null || failed === null || judged === 0 ? [] : [{ position, judged, failed }],
  );
  const usual = { judged: 0, failed: 0 };
  let first = 0;
  for (const batch of known) {
    if (usual.judged >= settings.deteriorationBaseline) break;
    usual.judged += batch.judged;
    usual.failed += batch.failed;
    first += 1;
  }
  if (usual.judged < settings.deteriorationBaseline) {
    return { deteriorated: false, statistic: 0, usualRate: null, judged: 0, failed: 0 };
  }
  const usualRate = Math.max(leastRate, wilsonInterval(usual.failed, usual.judged, usualLevel).upper);
  const watched = known.slice(first).filter(({ position }) => since === null || position > since);
  const statistic = usualRate > mostRate ? 0 : highestSum(watched, usualRate);
  return {
    deteriorated: statistic >= settings.deteriorationThreshold,
    statistic,
    usualRate,
    judged: watched.reduce((total, batch) => total + batch.judged, 0),
    failed: watched.reduce((total, batch) => total + batch.failed, 0),
  };
}

function highestSum(
  batches: readonly { readonly judged: number; readonly failed: number }[],
  usualRate: number,
): number {
  const odds = (usualRate / (1 - usualRate)) * oddsRatio;
  const raisedRate = odds / (1 + odds);
  const perFailure = Math.log(raisedRate / usualRate);
  const perPass = Math.log((1 - raisedRate) / (1 - usualRate));
  let sum = 0;
  let highest = 0;
  for (const { judged, failed } of batches) {
    sum = Math.max(0, sum + failed * perFailure + (judged - failed) * perPass);
    highest = Math.max(highest, sum);
  }
  return highest;
}
