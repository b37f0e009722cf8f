import { compareText } from '../base/text.ts';
import type { FacetCount } from './facet-losses.ts';

/** A judged record with whether champion (before) and candidate (after) have it right, both out of fold. */
export interface PairedRecord {
  readonly exampleId: string;
  /** Its near-duplicate group: one observation, however many records it has. */
  readonly groupId: string;
  readonly before: boolean;
  readonly after: boolean;
  /** Of its right output. */
  readonly facets: readonly string[];
}

export interface Pairs {
  /** Near-duplicate groups paired. */
  readonly groups: number;
  /** One id for each group that only the candidate, or only the champion, has right; sorted. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** The same groups counted by facet, sorted by facet. */
  readonly facets: readonly FacetCount[];
}

/**
 * One pair for each near-duplicate group, since McNemar's test takes pairs for independent and a request that was sent
 * eight times over is one observation. A group counts as what most of its discordant records are, under the first id of
 * those; as many gained as lost, and it counts as neither. It has the facets of all its records.
 * @returns the same whatever the order of the records, and however often one of them is given
 */
export function pairUp(records: readonly PairedRecord[]): Pairs {
  const distinct = [...new Map(records.map((record) => [record.exampleId, record])).values()];
  const groups = [...Map.groupBy(distinct, ({ groupId }) => groupId).values()].map(observed);
  const facets = groups.flatMap(({ facets, ...group }) => [...facets].map((facet) => ({ facet, ...group })));
  return {
    groups: groups.length,
    gained: idsOf(groups, 'gained'),
    lost: idsOf(groups, 'lost'),
    facets: [...Map.groupBy(facets, ({ facet }) => facet)]
      .map(([facet, members]) => ({
        facet,
        records: members.length,
        gained: idsOf(members, 'gained').length,
        lost: idsOf(members, 'lost').length,
      }))
      .sort((a, b) => compareText(a.facet, b.facet)),
  };
}

interface Observation {
  /** The first record that has the change; null where nothing changes. */
  readonly exampleId: string | null;
  readonly change: 'gained' | 'lost' | null;
}

/** A near-duplicate group as one observation. */
function observed(members: readonly PairedRecord[]): Observation & { readonly facets: ReadonlySet<string> } {
  const facets = new Set(members.flatMap((member) => member.facets));
  const gained = members.filter(({ before, after }) => after && !before);
  const lost = members.filter(({ before, after }) => before && !after);
  if (gained.length === lost.length) return { exampleId: null, change: null, facets };
  const [change, most] = gained.length > lost.length ? (['gained', gained] as const) : (['lost', lost] as const);
  const [exampleId = null] = most.map((member) => member.exampleId).sort();
  return { exampleId, change, facets };
}

function idsOf(observations: readonly Observation[], asked: 'gained' | 'lost'): string[] {
  return observations
    .flatMap(({ exampleId, change }) => (change === asked && exampleId !== null ? [exampleId] : []))
    .sort();
}
