import { meansOutOfScope, sameNameOtherForm } from '../../domain/label-form.ts';
import type { Output, Task } from '../../domain/task.ts';
import type { Failure } from '../../domain/taxonomy.ts';
import { type Group, groupBy, quoted } from './group.ts';

/** Failures whose right answer the model cannot give, or gives under another name. */
export function schemaGroups(task: Task, failures: readonly Failure[]): Group[] {
  const labels = new Set(task.labels);
  const byForm = groupBy(
    failures.filter(({ expected, answer }) => answer !== null && sameNameOtherForm(expected, answer)),
    ({ expected, answer }) => JSON.stringify([expected, answer]),
  );
  const renamed = byForm.values().map((members): Group => {
    const expected = members[0]?.expected ?? null;
    const answered = members[0]?.answer ?? null;
    return {
      kind: 'schema',
      expected,
      answered,
      members,
      grounds: [`${quoted(expected)} and ${quoted(answered)} are one name in two forms.`],
    };
  });
  const taken = new Set([...byForm.values()].flat());
  const unknown = groupBy(
    failures.filter((failure) => !labels.has(failure.expected) && !taken.has(failure)),
    ({ expected }) => expected,
  );
  const outside = unknown.entries().map(
    ([expected, members]): Group => ({
      kind: meansOutOfScope(expected) ? 'out-of-scope' : 'schema',
      expected,
      answered: null,
      members,
      grounds: [
        `${quoted(expected)} is not one of the model's ${task.labels.length} labels, so it can never be answered.`,
      ],
    }),
  );
  return [...renamed, ...outside];
}

const ownShare = 0.3;
const ownLift = 3;

/**
 * Groups by labels what is left. A pair of labels has a group of its own when it is at least `smallestPair` and holds
 * 30 % of the failures of its expected label or of those answered so, or is large and three times commoner than chance.
 * Of the rest, the largest group first, what shares its expected label is a missed label, what shares its answer a
 * false alarm; groups below `smallest` stay out.
 */
export function labelGroups(
  failures: readonly Failure[],
  smallest: number,
  smallestPair: number,
): { groups: Group[]; rest: Failure[] } {
  const byExpected = groupBy(failures, ({ expected }) => expected);
  const byAnswer = groupBy(failures, ({ answer }) => answer);
  const groups: Group[] = [];
  const left = new Set(failures);
  for (const members of groupBy(failures, ({ expected, answer }) => JSON.stringify([expected, answer])).values()) {
    const [first] = members;
    if (first === undefined || members.length < smallestPair) continue;
    const { expected, answer: answered } = first;
    const rowTotal = byExpected.get(expected)?.length ?? 1;
    const columnTotal = byAnswer.get(answered)?.length ?? 1;
    const lift = (members.length * failures.length) / (rowTotal * columnTotal);
    const own =
      members.length >= ownShare * Math.min(rowTotal, columnTotal) ||
      (lift >= ownLift && members.length >= 4 * smallest);
    if (!own) continue;
    groups.push({ kind: 'pair', expected, answered, members, grounds: [] });
    for (const member of members) left.delete(member);
  }
  for (;;) {
    const missed = largest(groupBy(left, ({ expected }): Output | null => expected));
    const alarms = largest(
      groupBy(left, ({ answer }) => answer),
      (label) => label !== null,
    );
    const isMissed = missed.members.length >= alarms.members.length;
    const { label, members } = isMissed ? missed : alarms;
    if (members.length < smallest) break;
    const kind = isMissed ? 'missed-label' : 'false-alarm';
    groups.push({ kind, expected: isMissed ? label : null, answered: isMissed ? null : label, members, grounds: [] });
    for (const member of members) left.delete(member);
  }
  return { groups, rest: [...left] };
}

function largest(
  groups: ReadonlyMap<Output | null, readonly Failure[]>,
  accept: (label: Output | null) => boolean = () => true,
): { label: Output | null; members: readonly Failure[] } {
  let best: { label: Output | null; members: readonly Failure[] } = { label: null, members: [] };
  for (const [label, members] of groups) {
    const ahead = members.length - best.members.length;
    if (accept(label) && (ahead > 0 || (ahead === 0 && (label ?? '') < (best.label ?? '')))) best = { label, members };
  }
  return best;
}
