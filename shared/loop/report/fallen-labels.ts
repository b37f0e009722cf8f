import { formatCount } from '../../domain/base/wording.ts';
import type { FallenFacet } from '../../domain/evaluation/facet-losses.ts';
import { decidedCandidate } from './decided-candidate.ts';
import type { ReportData } from './report-data.ts';
import { visibleLine } from './visible-text.ts';

const named = 4;

/** The labels that lose more than they gain under the candidate decided on: those proven to, and the others. */
export function fallenLabels(data: ReportData): {
  readonly proven: readonly FallenFacet[];
  readonly unproven: readonly FallenFacet[];
} {
  const fallen = decidedCandidate(data)?.verdict.fallen ?? [];
  return { proven: fallen.filter((facet) => facet.proven), unproven: fallen.filter((facet) => !facet.proven) };
}

/** Names of labels in a sentence, the first few: `a, b, c, d and 3 more`. */
export function labelNames(facets: readonly FallenFacet[]): string {
  const names = facets.slice(0, named).map(({ facet }) => visibleLine(facet, 60));
  const more = facets.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${formatCount(more)} more` : joined(names);
}

function joined(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
