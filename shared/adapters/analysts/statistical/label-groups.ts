import type { TaskWords } from '../../../domain/base/task-kind.ts';
import { meansOutOfScope, sameNameOtherForm } from '../../../domain/diagnosis/label-form.ts';
import { type Fault, missedAlone, surplusAlone } from './fault.ts';
import { type Group, groupBy, quoted } from './group.ts';

/**
 * Failures whose right answer the model cannot give, or gives under another name.
 * @param known the facets that the task knows; empty where it does not list them
 */
export function schemaGroups(
  known: readonly string[],
  failures: readonly Fault[],
  words: Pick<TaskWords, 'facets'>,
): Group[] {
  const facets = new Set(known);
  const renamings = failures.flatMap((failure) => {
    const expected = missedAlone(failure);
    const answered = surplusAlone(failure);
    return expected !== null && answered !== null && sameNameOtherForm(expected, answered)
      ? [{ failure, expected, answered }]
      : [];
  });
  const renamed = groupBy(renamings, ({ failure }) => failure.pattern.key)
    .values()
    .flatMap((group): Group[] => {
      const [first] = group;
      if (first === undefined) return [];
      const { failure, expected, answered } = first;
      return [
        {
          kind: 'schema',
          expected,
          answered,
          pattern: failure.pattern.key,
          members: group.map((renaming) => renaming.failure),
          grounds: [`${quoted(expected)} and ${quoted(answered)} are one name in two forms.`],
        },
      ];
    });
  const taken = new Set(renamings.map(({ failure }) => failure));
  const strangers = failures.flatMap((failure) => {
    const stranger = facets.size === 0 ? undefined : failure.missed.find((facet) => !facets.has(facet));
    return stranger === undefined || taken.has(failure) ? [] : [{ failure, stranger }];
  });
  const outside = groupBy(strangers, ({ stranger }) => stranger)
    .entries()
    .map(
      ([expected, group]): Group => ({
        kind: meansOutOfScope(expected) ? 'out-of-scope' : 'schema',
        expected,
        answered: null,
        pattern: null,
        members: group.map(({ failure }) => failure),
        grounds: [
          `${quoted(expected)} is not one of the model's ${facets.size} ${words.facets}, so it can never be answered.`,
        ],
      }),
    );
  return [...renamed, ...outside];
}

const ownShare = 0.3;
const ownLift = 3;

/**
 * Groups by patterns and facets what is left. A pattern (of a classification, a pair of labels) has a group of its own
 * when it is at least `smallestPair` and holds 30 % of the failures that miss its facet or of those answered so, or is
 * large and three times commoner than chance. Of the rest, the largest group first, what shares a missed facet is a
 * missed label, what shares one that was answered too many a false alarm; groups below `smallest` stay out.
 */
export function labelGroups(
  failures: readonly Fault[],
  smallest: number,
  smallestPair: number,
): { groups: Group[]; rest: Fault[] } {
  const byMissed = byFacet(failures, ({ missed }) => missed);
  const bySurplus = byFacet(failures, ({ surplus }) => surplus);
  const withoutSurplus = failures.filter(({ surplus }) => surplus.length === 0).length;
  const groups: Group[] = [];
  const left = new Set(failures);
  for (const members of groupBy(failures, ({ pattern }) => pattern.key).values()) {
    const [first] = members;
    if (first === undefined || members.length < smallestPair) continue;
    const rowTotal = largestOf(first.missed, byMissed) ?? failures.length;
    const columnTotal = largestOf(first.surplus, bySurplus) ?? withoutSurplus;
    const lift = (members.length * failures.length) / (rowTotal * columnTotal);
    const own =
      members.length >= ownShare * Math.min(rowTotal, columnTotal) ||
      (lift >= ownLift && members.length >= 4 * smallest);
    if (!own) continue;
    groups.push({
      kind: 'pair',
      expected: missedAlone(first),
      answered: surplusAlone(first),
      pattern: first.pattern.key,
      members,
      grounds: [],
    });
    for (const member of members) left.delete(member);
  }
  const missed = countBy(left, (failure) => failure.missed);
  const alarms = countBy(left, (failure) => failure.surplus);
  for (;;) {
    const commonestMissed = largest(missed);
    const commonestAlarm = largest(alarms);
    const isMissed = commonestMissed.count >= commonestAlarm.count;
    const { facet, count } = isMissed ? commonestMissed : commonestAlarm;
    if (count < smallest || facet === null) break;
    const all = (isMissed ? byMissed.get(facet) : bySurplus.get(facet)) ?? [];
    const members = all.filter((failure) => left.has(failure));
    groups.push({
      kind: isMissed ? 'missed-label' : 'false-alarm',
      expected: isMissed ? facet : null,
      answered: isMissed ? null : facet,
      pattern: null,
      members,
      grounds: [],
    });
    for (const member of members) {
      left.delete(member);
      for (const each of member.missed) missed.set(each, (missed.get(each) ?? 0) - 1);
      for (const each of member.surplus) alarms.set(each, (alarms.get(each) ?? 0) - 1);
    }
  }
  return { groups, rest: [...left] };
}

function byFacet(failures: readonly Fault[], facetsOf: (failure: Fault) => readonly string[]): Map<string, Fault[]> {
  const groups = groupBy(
    failures.flatMap((failure) => facetsOf(failure).map((facet) => ({ facet, failure }))),
    ({ facet }) => facet,
  );
  return new Map([...groups].map(([facet, members]) => [facet, members.map(({ failure }) => failure)]));
}

/** The size of the largest group among those of the facets; null without facets. */
function largestOf(facets: readonly string[], groups: ReadonlyMap<string, readonly Fault[]>): number | null {
  return facets.length === 0 ? null : Math.max(...facets.map((facet) => groups.get(facet)?.length ?? 1));
}

function countBy(failures: Iterable<Fault>, facetsOf: (failure: Fault) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const failure of failures) {
    for (const facet of facetsOf(failure)) counts.set(facet, (counts.get(facet) ?? 0) + 1);
  }
  return counts;
}

/** The facet with the highest count, the first by name of several. */
function largest(counts: ReadonlyMap<string, number>): { facet: string | null; count: number } {
  let best: { facet: string | null; count: number } = { facet: null, count: 0 };
  for (const [facet, count] of counts) {
    if (count > best.count || (count === best.count && facet < (best.facet ?? ''))) best = { facet, count };
  }
  return best;
}
