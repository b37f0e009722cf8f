import { compareText } from '../base/text.ts';
import type { FacetCount } from './facet-losses.ts';

/** Sums of shares are known up to this. */
const roundingError = 1e-9;

/** A judged record with whether champion (before) and candidate (after) have it right, both out of fold. */
export interface PairedRecord {
  readonly exampleId: string;
  /** Its near-duplicate group: one observation, however many records it has. */
  readonly groupId: string;
  readonly before: boolean;
  readonly after: boolean;
  /** By how much more or less of it is right, −1 to 1, where that can be in part; absent where it is right or wrong. */
  readonly change?: number;
  /** Of its right output. */
  readonly facets: readonly PairedFacet[];
}

/** A facet of a record's right output, and whether it is answered as it should be. */
export interface PairedFacet {
  readonly facet: string;
  readonly before: boolean;
  readonly after: boolean;
}

export interface Pairs {
  /** Near-duplicate groups paired. */
  readonly groups: number;
  /** One id for each group that only the candidate, or only the champion, has right; sorted. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** The changes of the groups that change, sorted; empty where no record can be right in part. */
  readonly changes: readonly number[];
  /** Groups counted by facet, each by those of its records that have the facet; sorted by facet. */
  readonly facets: readonly FacetCount[];
}

/**
 * One pair for each near-duplicate group, since the tests take pairs for independent and a request that was sent eight
 * times over is one observation. A group counts as what most of its discordant records are, under the first id of
 * those; as many gained as lost, and it counts as neither. Where records can be right in part, a group changes the way
 * that most of its changes add up to, by the mean of those that go this way. For a facet only the records that have it
 * count, or a rare label would be outvoted by another in every text that both share.
 * @returns the same whatever the order of the records, and however often one of them is given
 */
export function pairUp(records: readonly PairedRecord[]): Pairs {
  const distinct = [...new Map(records.map((record) => [record.exampleId, record])).values()];
  const groups = observe(distinct);
  const withFacet = distinct.flatMap(({ exampleId, groupId, facets }) =>
    [...new Map(facets.map((one) => [one.facet, one])).values()].map((one) => ({ ...one, exampleId, groupId })),
  );
  return {
    groups: groups.length,
    gained: idsOf(groups, 'gained'),
    lost: idsOf(groups, 'lost'),
    changes: [...Map.groupBy(distinct, ({ groupId }) => groupId).values()]
      .map((members) => partialChange(members.map(({ change }) => change ?? 0)))
      .filter((change) => change !== 0)
      .sort((a, b) => a - b),
    facets: [...Map.groupBy(withFacet, ({ facet }) => facet)]
      .map(([facet, members]) => {
        const own = observe(members);
        const count = (change: 'gained' | 'lost') => idsOf(own, change).length;
        return { facet, records: own.length, gained: count('gained'), lost: count('lost') };
      })
      .sort((a, b) => compareText(a.facet, b.facet)),
  };
}

type Answered = Pick<PairedRecord, 'exampleId' | 'groupId' | 'before' | 'after'>;

interface Observation {
  /** The first record that has the change; null where nothing changes. */
  readonly exampleId: string | null;
  readonly change: 'gained' | 'lost' | null;
}

/** Near-duplicate groups, each as one observation. */
function observe(records: readonly Answered[]): Observation[] {
  return [...Map.groupBy(records, ({ groupId }) => groupId).values()].map(observed);
}

function observed(members: readonly Answered[]): Observation {
  const gained = members.filter(({ before, after }) => after && !before);
  const lost = members.filter(({ before, after }) => before && !after);
  if (gained.length === lost.length) return { exampleId: null, change: null };
  const [change, most] = gained.length > lost.length ? (['gained', gained] as const) : (['lost', lost] as const);
  const [exampleId = null] = most.map((member) => member.exampleId).sort();
  return { exampleId, change };
}

function partialChange(changes: readonly number[]): number {
  const sorted = changes.toSorted((a, b) => a - b);
  const sum = sorted.reduce((total, change) => total + change, 0);
  if (Math.abs(sum) < roundingError) return 0;
  const sameWay = sorted.filter((change) => change * sum > 0);
  return sameWay.reduce((total, change) => total + change, 0) / sameWay.length;
}

function idsOf(observations: readonly Observation[], asked: 'gained' | 'lost'): string[] {
  return observations
    .flatMap(({ exampleId, change }) => (change === asked && exampleId !== null ? [exampleId] : []))
    .sort();
}
