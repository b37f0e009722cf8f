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
  /** Groups counted by facet, each by those of its records that have the facet; sorted by facet. */
  readonly facets: readonly FacetCount[];
}

/**
 * One pair for each near-duplicate group, since McNemar's test takes pairs for independent and a request that was sent
 * eight times over is one observation. A group counts as what most of its discordant records are, under the first id of
 * those; as many gained as lost, and it counts as neither. For a facet only the records that have it count, or a rare
 * label would be outvoted by another in every text that both share.
 * @returns the same whatever the order of the records, and however often one of them is given
 */
export function pairUp(records: readonly PairedRecord[]): Pairs {
  const distinct = [...new Map(records.map((record) => [record.exampleId, record])).values()];
  const groups = observe(distinct);
  const withFacet = distinct.flatMap((record) => [...new Set(record.facets)].map((facet) => ({ facet, record })));
  return {
    groups: groups.length,
    gained: idsOf(groups, 'gained'),
    lost: idsOf(groups, 'lost'),
    facets: [...Map.groupBy(withFacet, ({ facet }) => facet)]
      .map(([facet, members]) => {
        const own = observe(members.map(({ record }) => record));
        const count = (change: 'gained' | 'lost') => idsOf(own, change).length;
        return { facet, records: own.length, gained: count('gained'), lost: count('lost') };
      })
      .sort((a, b) => compareText(a.facet, b.facet)),
  };
}

interface Observation {
  /** The first record that has the change; null where nothing changes. */
  readonly exampleId: string | null;
  readonly change: 'gained' | 'lost' | null;
}

/** Near-duplicate groups, each as one observation. */
function observe(records: readonly PairedRecord[]): Observation[] {
  return [...Map.groupBy(records, ({ groupId }) => groupId).values()].map(observed);
}

function observed(members: readonly PairedRecord[]): Observation {
  const gained = members.filter(({ before, after }) => after && !before);
  const lost = members.filter(({ before, after }) => before && !after);
  if (gained.length === lost.length) return { exampleId: null, change: null };
  const [change, most] = gained.length > lost.length ? (['gained', gained] as const) : (['lost', lost] as const);
  const [exampleId = null] = most.map((member) => member.exampleId).sort();
  return { exampleId, change };
}

function idsOf(observations: readonly Observation[], asked: 'gained' | 'lost'): string[] {
  return observations
    .flatMap(({ exampleId, change }) => (change === asked && exampleId !== null ? [exampleId] : []))
    .sort();
}
