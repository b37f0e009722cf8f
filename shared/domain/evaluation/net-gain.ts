import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** z of a one-sided 95 % bound. */
const z = 1.645;

export interface NetGain {
  /** d: gained less lost as a share of the groups; 0 where there are none. */
  readonly net: number;
  /** One-sided 95 % lower bound of d, at least −1; −1 where there are none. */
  readonly lower: number;
}

/**
 * The net gain of paired answers, d = (g − l) / n, with its one-sided lower bound d − 1.645 se, where
 * se = √max(g + l + 1 − (g − l)² / n, 1) / n: Wald's interval for paired proportions with one more discordant pair, so
 * that few of them never look certain.
 * @param groups n, independent pairs @param gained g, those that only the candidate has right
 * @param lost l, those that only the champion has right
 */
export function netGain(groups: number, gained: number, lost: number): NetGain {
  if (!(groups > 0)) return { net: 0, lower: -1 };
  const difference = gained - lost;
  const net = difference / groups;
  const error = Math.sqrt(Math.max(gained + lost + 1 - difference ** 2 / groups, 1)) / groups;
  return { net, lower: Math.max(-1, net - z * error) };
}

/**
 * About how many independent pairs in all put the lower bound above −margin, if gains and losses go on at the same
 * rates: the n that solves d − 1.645 √((g + l) / n₀ − d² + 1 / n) / √n = −margin. Null where there is no gain.
 * @param margin a fraction
 */
export function pairsNeeded(groups: number, gained: number, lost: number, margin: number): number | null {
  if (!(groups > 0 && gained > lost)) return null;
  const { net } = netGain(groups, gained, lost);
  const variance = (gained + lost) / groups - net ** 2;
  const distance = net + margin;
  const root = Math.sqrt((z * variance) ** 2 + (2 * distance) ** 2);
  return Math.ceil((z * (z * variance + root)) / (2 * distance ** 2));
}

/**
 * About how many independent pairs in all make the exact one-sided McNemar test reject at α, if gains and losses go on
 * at the same rates: from its normal approximation with Yates's correction, (g − l − 1) / √(g + l) = z. Null where
 * there is no gain.
 */
export function pairsNeededStrictly(groups: number, gained: number, lost: number, alpha: number): number | null {
  if (!(groups > 0 && gained > lost)) return null;
  const net = (gained - lost) / groups;
  const deviation = normalQuantile(1 - alpha, 0, 1) * Math.sqrt((gained + lost) / groups);
  return Math.ceil(((deviation + Math.sqrt(deviation ** 2 + 4 * net)) / (2 * net)) ** 2);
}
