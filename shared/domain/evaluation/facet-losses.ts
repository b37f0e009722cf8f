import { z } from 'zod';
import { mcNemarOneSided } from '../base/statistics.ts';
import { compareText } from '../base/text.ts';

export const facetCountSchema = z.strictObject({
  facet: z.string(),
  /** Near-duplicate groups whose right output has the facet. */
  records: z.int(),
  /** Those that only the candidate has right, and those that only the champion has right. */
  gained: z.int(),
  lost: z.int(),
});
/** The paired answers of one facet (a label, an entity type). */
export type FacetCount = z.infer<typeof facetCountSchema>;

export const fallenFacetSchema = facetCountSchema.extend({
  /** Of the exact one-sided binomial test that recall falls, adjusted by Holm over all facets with records. */
  pValue: z.number(),
  /** Whether the test rejects at {@link familyWiseError}. */
  proven: z.boolean(),
});
/** A facet that loses more than it gains. */
export type FallenFacet = z.infer<typeof fallenFacetSchema>;

/** The chance that any of a model's facets is called fallen where none falls. */
export const familyWiseError = 0.05;

/**
 * The facets that lose more than they gain, worst first, each tested whether its recall falls: of gained and lost
 * together as many lost, were both equally likely. Holm's step-down procedure (1979) over all facets with records keeps
 * the chance of one false alarm among them at {@link familyWiseError}.
 */
export function fallenFacets(counts: readonly FacetCount[]): FallenFacet[] {
  const tested = counts
    .filter((count) => isPossible(count) && count.records > 0)
    .map((count) => ({ ...count, single: mcNemarOneSided(count.lost, count.gained) }))
    .sort((a, b) => a.single - b.single || netLoss(b) - netLoss(a) || compareText(a.facet, b.facet));
  let pValue = 0;
  return tested
    .map(({ single, ...count }, at) => {
      pValue = Math.min(1, Math.max(pValue, (tested.length - at) * single));
      return { ...count, pValue, proven: pValue <= familyWiseError };
    })
    .filter(({ gained, lost }) => lost > gained);
}

/** Whether so many independent records can be gained and lost. */
export function isPossible({ records, gained, lost }: Omit<FacetCount, 'facet'>): boolean {
  return (
    [records, gained, lost].every((count) => Number.isSafeInteger(count) && count >= 0) && gained + lost <= records
  );
}

function netLoss({ gained, lost }: FacetCount): number {
  return lost - gained;
}
