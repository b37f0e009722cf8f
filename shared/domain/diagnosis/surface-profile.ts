import { cohensD, type Moments, momentsOf, noMoments } from '../base/moments.ts';
import { surfaceFeatureNames, surfaceFeatures } from './surface-features.ts';
import type { SurfaceProfile } from './taxonomy.ts';

/**
 * Means of the surface features, failing against passing traces of the same expected label, most different first
 * (absolute Cohen's d). Where the failures have several labels, each label's passing traces count by its share of the
 * failures, and the passing deviation is that within labels.
 * @param passing moments by feature of a label's passing traces; undefined when there are none
 */
export function surfaceProfile(
  failures: readonly { readonly input: string; readonly expected: string }[],
  passing: (label: string) => ReadonlyMap<string, Moments> | undefined,
): SurfaceProfile {
  const features = failures.map((failure) => surfaceFeatures(failure.input));
  const labels = new Map<string, number>();
  for (const { expected } of failures) labels.set(expected, (labels.get(expected) ?? 0) + 1);
  return surfaceFeatureNames
    .map((feature) => {
      const failing = momentsOf(features.map((values) => values[feature]));
      const reference = weighted(
        [...labels].map(([label, share]) => [passing(label)?.get(feature) ?? noMoments, share]),
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
