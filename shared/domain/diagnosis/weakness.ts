import { wilsonInterval } from '../base/statistics.ts';
import { percent } from '../base/wording.ts';
import type { ProbeResult, Weakness } from './probe.ts';

/** Fewer probes than this say nothing. */
const fewestProbes = 4;
/** A systematic weakness makes the champion fail at least this share of the inputs it is about. */
const systematicRate = 0.5;

/**
 * Judges a suspected weakness by its probes, with 95 % Wilson bounds of their failure rate:
 * - `confirmed` when the lower bound is above the base rate, or above one half where the base rate is higher: most of
 *   what the cluster is about then fails, however much else does;
 * - else `refuted` when the upper bound is below one half (or the base rate, if that is higher): a systematic weakness
 *   would make at least every second probe fail, and that is ruled out. A bound "at or below the base rate" would need
 *   hundreds of probes;
 * - else, and with fewer than 4 probes, `not-enough-evidence`.
 *
 * Of 12 probes and a base rate of 0.1, four failures confirm and up to two refute.
 * @param request.notAsked probes that the budget of the run did not cover; none by default
 * @param request.baseRate the champion's failure rate on all usable traffic, a fraction
 */
export function judgeWeakness(request: {
  clusterId: string;
  results: readonly ProbeResult[];
  notAsked?: number;
  baseRate: number;
}): Weakness {
  const { clusterId, results, notAsked = 0, baseRate } = request;
  const probes = results.length;
  const failed = results.filter((result) => result.failed).length;
  const { lower, upper } = wilsonInterval(failed, probes);
  const numbers = {
    clusterId,
    probes,
    failed,
    failureRate: probes === 0 ? 0 : failed / probes,
    lower,
    upper,
    baseRate,
  };
  const count = `${failed} of ${probes} probes failed`;
  if (probes < fewestProbes) {
    return {
      ...numbers,
      verdict: 'not-enough-evidence',
      reason:
        notAsked > 0
          ? `The budget covered ${probes} of ${probes + notAsked} probes; fewer than ${fewestProbes} say nothing.`
          : probes === 0
            ? 'No probes were made.'
            : `Only ${probes} probes could be made; fewer than ${fewestProbes} say nothing.`,
    };
  }
  if (lower > systematicRate && baseRate >= lower) {
    return {
      ...numbers,
      verdict: 'confirmed',
      reason: `${count}: at least ${percent(lower)} (95 % bound), more than half, though the base rate is as high as ${percent(baseRate)}.`,
    };
  }
  if (lower > baseRate) {
    return {
      ...numbers,
      verdict: 'confirmed',
      reason: `${count}: at least ${percent(lower)} (95 % bound), above the base rate of ${percent(baseRate)}.`,
    };
  }
  const threshold = Math.max(systematicRate, baseRate);
  if (upper < threshold) {
    return {
      ...numbers,
      verdict: 'refuted',
      reason: `${count}: at most ${percent(upper)} (95 % bound), where a systematic weakness fails ${percent(threshold)} or more.`,
    };
  }
  return {
    ...numbers,
    verdict: 'not-enough-evidence',
    reason: `${count}: between ${percent(lower)} and ${percent(upper)} (95 % bounds), which neither shows nor rules out a weakness (base rate ${percent(baseRate)}).`,
  };
}
