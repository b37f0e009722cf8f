import type { Interval } from '../base/wilson.ts';

export interface Kappa {
  /** At most 1; 0 is what chance alone would give. Null where both always said the same one thing. */
  readonly kappa: number | null;
  /** 95 %, within −1 and 1; null where it is not defined. */
  readonly interval: Interval | null;
}

const z95 = 1.959963984540054;

/**
 * Cohen's kappa of two raters (Cohen 1960), with the large-sample interval by the standard error of Fleiss, Cohen and Everitt
 * (1969, equation 13).
 * @param pairs what each said of the same thing, as categories
 */
export function cohensKappa(pairs: readonly (readonly [string, string])[]): Kappa {
  const n = pairs.length;
  if (n === 0) return { kappa: null, interval: null };
  const [first, second] = [countsOf(pairs.map(([a]) => a)), countsOf(pairs.map(([, b]) => b))];
  const share = (counts: ReadonlyMap<string, number>, category: string) => (counts.get(category) ?? 0) / n;
  const observed = pairs.filter(([a, b]) => a === b).length / n;
  const expected = [...first.keys()].reduce(
    (sum, category) => sum + share(first, category) * share(second, category),
    0,
  );
  if (expected >= 1 - 1e-12) return { kappa: null, interval: null };
  const kappa = (observed - expected) / (1 - expected);
  let spread = 0;
  for (const [key, count] of countsOf(pairs.map((pair) => JSON.stringify(pair)))) {
    const [a, b] = JSON.parse(key) as [string, string];
    const marginals = share(second, a) + share(first, b);
    const weight = a === b ? (1 - marginals * (1 - kappa)) ** 2 : (1 - kappa) ** 2 * marginals ** 2;
    spread += (count / n) * weight;
  }
  const variance = (spread - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2);
  const half = z95 * Math.sqrt(Math.max(0, variance));
  return { kappa, interval: { lower: Math.max(-1, kappa - half), upper: Math.min(1, kappa + half) } };
}

function countsOf(categories: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of categories) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}
