import { compareText } from './text.ts';

/** Stands for the outputs of a task without facets, and for those that have none: they are one stratum. */
export const noFacet = '*';

/** The facets under which an output is counted: its own, or the one that stands for none. */
export function facetsOrNone(facets: readonly string[]): readonly string[] {
  return facets.length === 0 ? [noFacet] : facets;
}

/** The one stratum that an output belongs to: all its facets together. */
export function stratumOf(facets: readonly string[]): string {
  return facetsOrNone(facets).toSorted(compareText).join(' + ');
}
