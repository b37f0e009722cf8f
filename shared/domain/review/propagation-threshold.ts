import { wilsonScore } from '../base/wilson.ts';

/** Two judged texts with how alike they are, and whether the same output is right for both. */
export interface JudgedPair {
  readonly similarity: number;
  readonly agrees: boolean;
}

/** From which similarity on a correction propagates. */
export interface PropagationThreshold {
  readonly threshold: number;
  /** Of the pairs at or above it; null where too few pairs were there to fit it by. */
  readonly precision: {
    readonly estimate: number;
    /** Lower end of the 95 % Wilson interval. */
    readonly lower: number;
    readonly n: number;
  } | null;
}

/** How often what is propagated has to be right. */
export const targetPrecision = 0.95;
/** Less alike texts are never compared. */
export const leastSimilarity = 0.5;
/**
 * Pairs come in clusters of texts that are all alike, and tell less than so many independent ones would: fewer are not
 * gone by, however well they agree.
 */
export const fewestPairs = 200;
/** Where nothing could be fitted: the same words alone. */
export const sameWordsAlone: PropagationThreshold = { threshold: 1, precision: null };

/**
 * The smallest similarity at which the lower bound of the agreement of all pairs that are at least as alike reaches the
 * target, of {@link fewestPairs} or more: what propagates is then right so often, as far as judged pairs can tell.
 */
export function fitThreshold(pairs: readonly JudgedPair[], target = targetPrecision): PropagationThreshold {
  const sorted = pairs.filter(({ similarity }) => similarity >= leastSimilarity);
  sorted.sort((a, b) => b.similarity - a.similarity);
  let best = sameWordsAlone;
  let agreed = 0;
  for (const [at, { similarity, agrees }] of sorted.entries()) {
    if (agrees) agreed += 1;
    // Pairs of one similarity come in together.
    if (sorted[at + 1]?.similarity === similarity) continue;
    const n = at + 1;
    const { lower } = wilsonScore(agreed, n);
    if (n >= fewestPairs && lower >= target)
      best = { threshold: similarity, precision: { estimate: agreed / n, lower, n } };
  }
  return best;
}
