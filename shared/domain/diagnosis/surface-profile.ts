import { cohensD, type Moments, momentsOf, noMoments } from '../base/moments.ts';
import { surfaceFeatureNames, surfaceFeatures } from './surface-features.ts';
import type { SurfaceProfile } from './taxonomy.ts';

/**
 * Means of the surface features, failing against passing traces of the same facets (of a classification: the same
 * label), most different first (absolute Cohen's d). Where the failures have several facets, each facet's passing
 * traces count by its share of the failures, and the passing deviation is that within facets.
 * @param passing moments by feature of a facet's passing traces; undefined when there are none
 */
export function surfaceProfile(
  failures: readonly { readonly input: string; readonly facets: readonly string[] }[],
  passing: (facet: string) => ReadonlyMap<string, Moments> | undefined,
): SurfaceProfile {
  const features = failures.map((failure) => surfaceFeatures(failure.input));
  const shares = new Map<string, number>();
  for (const { facets } of failures) for (const facet of facets) shares.set(facet, (shares.get(facet) ?? 0) + 1);
  return surfaceFeatureNames
    .map((feature) => {
      const failing = momentsOf(features.map((values) => values[feature]));
      const reference = weighted(
        [...shares].map(([facet, share]) => [passing(facet)?.get(feature) ?? noMoments, share]),
      );
      return { feature, failing: failing.mean, passing: reference.mean, effect: cohensD(failing, reference) };
    })
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}

/** Moments of groups that count by given shares; the squared deviations are those within the groups. */
function weighted(groups: readonly (readonly [Moments, number])[]): Moments {
  const known = groups.filter(([moments]) => moments.count > 0);
  const shares = known.reduce((sum, [, share]) => sum + share, 0);
  if (shares === 0) return noMoments;
  const count = known.reduce((sum, [moments]) => sum + moments.count, 0);
  const mean = known.reduce((sum, [moments, share]) => sum + moments.mean * share, 0) / shares;
  const within = known.reduce((sum, [moments, share]) => sum + (moments.m2 / moments.count) * share, 0) / shares;
  return { count, mean, m2: within * count };
}
