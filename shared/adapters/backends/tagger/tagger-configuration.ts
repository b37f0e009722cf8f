import { z } from 'zod';
import { canonicalJson } from '../../../domain/base/ids.ts';
import type { SearchContext } from '../../../ports/trainer.ts';

/** Everything but the data and the seed that determines a checkpoint of the tagger. */
export const taggerConfigurationSchema = z.strictObject({
  /** Passes over the data; the weights are the average of the second half's. */
  epochs: z.int().min(1).max(1000),
  /** Step size of AdaGrad. */
  learningRate: z.number().positive(),
  /** L2 strength: the loss is Σ sample weight · negative log-likelihood + (l2 / 2) · |weights|². */
  l2: z.number().nonnegative(),
  /**
   * Share of the tokens that are learnt, each time anew, without knowing which word they are: what stands around them
   * then has to tell, as it does of names that nobody has seen.
   */
  wordDropout: z.number().min(0).max(0.9),
  /** Entities less sure than this are left out, a fraction: higher finds less and errs less. */
  threshold: z.number().min(0).max(1),
  /**
   * The champion's part in the weights: what is trained is averaged with it, (1 − interpolation) to interpolation. 0
   * leaves it out.
   */
  interpolation: z.number().min(0).max(1),
});
export type TaggerConfiguration = z.infer<typeof taggerConfigurationSchema>;

const first: TaggerConfiguration = {
  epochs: 20,
  learningRate: 0.3,
  l2: 1,
  wordDropout: 0.1,
  threshold: 0,
  interpolation: 0,
};

/** What an iteration tries side by side: the default, one that is more careful, and one averaged with the champion. */
export const firstTaggerConfigurations: readonly TaggerConfiguration[] = [
  first,
  { ...first, threshold: 0.5 },
  { ...first, interpolation: 0.4 },
];

/**
 * Alternatives worth trying when tuning, best bets first, all different from the configuration and one another. Where
 * what stands over-predicts, higher thresholds come first.
 */
export function neighbourTaggerConfigurations(
  from: TaggerConfiguration,
  { losesTooMuch, overPredicts = false }: Pick<SearchContext, 'losesTooMuch' | 'overPredicts'>,
): readonly TaggerConfiguration[] {
  const nearer = [0.5, 0.75].map((interpolation) => ({ interpolation }));
  const higher = [0.5, 0.7, 0.9].filter((threshold) => threshold > from.threshold).map((threshold) => ({ threshold }));
  const changes: readonly Partial<TaggerConfiguration>[] = [
    ...(overPredicts ? higher : []),
    ...(losesTooMuch ? nearer : []),
    { threshold: from.threshold === 0.5 ? 0.3 : 0.5 },
    { threshold: from.threshold === 0.7 ? 0 : 0.7 },
    ...(losesTooMuch ? [] : nearer),
    { interpolation: from.interpolation === 0 ? 0.25 : 0 },
    { l2: from.l2 > 0 ? from.l2 / 4 : 0.1 },
    { l2: from.l2 > 0 ? from.l2 * 4 : 1 },
    { epochs: Math.min(1000, from.epochs * 2) },
  ];
  const unique = new Map(
    changes.map((change) => ({ ...from, ...change })).map((neighbour) => [canonicalJson(neighbour), neighbour]),
  );
  unique.delete(canonicalJson(from));
  return [...unique.values()];
}
