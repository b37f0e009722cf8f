import { meansOutOfScope, sameNameOtherForm } from '../../../domain/diagnosis/label-form.ts';
import type { Failure } from '../../../domain/diagnosis/taxonomy.ts';
import type { Output, Task } from '../../../domain/models/task.ts';
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
  const missed = countBy(left, ({ expected }): Output | null => expected);
  const alarms = countBy(left, ({ answer }) => answer);
  alarms.delete(null);
  for (;;) {
    const byLabel = largest(missed);
    const byWrongAnswer = largest(alarms);
    const isMissed = byLabel.count >= byWrongAnswer.count;
    const { label, count } = isMissed ? byLabel : byWrongAnswer;
    if (count < smallest || label === null) break;
    const all = (isMissed ? byExpected.get(label) : byAnswer.get(label)) ?? [];
    const members = all.filter((failure) => left.has(failure));
    groups.push({
      kind: isMissed ? 'missed-label' : 'false-alarm',
      expected: isMissed ? label : null,
      answered: isMissed ? null : label,
      members,
      grounds: [],
    });
    for (const member of members) {
      left.delete(member);
      missed.set(member.expected, (missed.get(member.expected) ?? 0) - 1);
      if (member.answer !== null) alarms.set(member.answer, (alarms.get(member.answer) ?? 0) - 1);
    }
  }
  return { groups, rest: [...left] };
}

function countBy<K>(failures: Iterable<Failure>, keyOf: (failure: Failure) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const failure of failures) counts.set(keyOf(failure), (counts.get(keyOf(failure)) ?? 0) + 1);
  return counts;
}

/** The label with the highest count, the first by name of several. */
function largest(counts: ReadonlyMap<Output | null, number>): { label: Output | null; count: number } {
  let best: { label: Output | null; count: number } = { label: null, count: 0 };
  for (const [label, count] of counts) {
    if (count > best.count || (count === best.count && (label ?? '') < (best.label ?? ''))) best = { label, count };
  }
  return best;
}
