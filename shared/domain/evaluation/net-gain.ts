import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** z of a one-sided 95 % bound. */
const z = 1.645;

export interface NetGain {
  /** d: the mean change of the groups; 0 where there are none. */
  readonly net: number;
  /** One-sided 95 % lower bound of d, at least −1; −1 where there are none. */
  readonly lower: number;
}

/** What changes from champion to candidate over independent groups; each changes by −1 to 1. */
export interface Changes {
  /** n. */
  readonly groups: number;
  /** S, the sum of the changes; of answers that are right or wrong, g − l. */
  readonly sum: number;
  /** Q, the sum of their squares; of answers that are right or wrong, g + l. */
  readonly squares: number;
}

/**
 * The changes of answers that are right or wrong as a whole.
 * @param gained g, groups that only the candidate has right @param lost l, those that only the champion has right
 */
export function wholeChanges(groups: number, gained: number, lost: number): Changes {
  return { groups, sum: gained - lost, squares: gained + lost };
}

/** The changes of answers that can be right in part. @param changes of the groups that change, in any order */
export function partialChanges(groups: number, changes: readonly number[]): Changes {
  // In one order, so that the last digits do not hang on that of the records.
  const sorted = changes.toSorted((a, b) => a - b);
  return {
    groups,
    sum: sorted.reduce((sum, change) => sum + change, 0),
    squares: sorted.reduce((sum, change) => sum + change ** 2, 0),
  };
}

/**
 * The net gain of paired answers, d = S / n, with its one-sided lower bound d − 1.645 se, where
 * se = √max(Q + 1 − S² / n, 1) / n. Where answers are right or wrong that is Wald's interval for paired proportions,
 * √(g + l + 1 − (g − l)² / n) / n, with one more discordant pair, so that few of them never look certain.
 */
export function netGain({ groups, sum, squares }: Changes): NetGain {
  if (!(groups > 0)) return { net: 0, lower: -1 };
  const net = sum / groups;
  const error = Math.sqrt(Math.max(squares + 1 - sum ** 2 / groups, 1)) / groups;
  return { net, lower: Math.max(-1, net - z * error) };
}

/**
 * About how many independent pairs in all put the lower bound above −margin, if changes go on at the same rates: the n
 * that solves d − 1.645 √(Q / n₀ − d² + 1 / n) / √n = −margin. Null where there is no gain.
 * @param margin a fraction
 */
export function pairsNeeded({ groups, sum, squares }: Changes, margin: number): number | null {
  if (!(groups > 0 && sum > 0)) return null;
  const net = sum / groups;
  const variance = squares / groups - net ** 2;
  const distance = net + margin;
  const root = Math.sqrt((z * variance) ** 2 + (2 * distance) ** 2);
  return Math.ceil((z * (z * variance + root)) / (2 * distance ** 2));
}

/**
 * About how many independent pairs in all make the exact one-sided test reject at α, if changes go on at the same rates:
 * from its normal approximation with Yates's correction, (S − 1) / √Q = z. Null where there is no gain.
 */
export function pairsNeededStrictly({ groups, sum, squares }: Changes, alpha: number): number | null {
  if (!(groups > 0 && sum > 0)) return null;
  const net = sum / groups;
  const deviation = normalQuantile(1 - alpha, 0, 1) * Math.sqrt(squares / groups);
  return Math.ceil(((deviation + Math.sqrt(deviation ** 2 + 4 * net)) / (2 * net)) ** 2);
}
