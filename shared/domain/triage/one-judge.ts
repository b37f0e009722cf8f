import type { TaskKind } from '../base/task-kind.ts';
import { nameOf } from '../traces/judgement.ts';
import type { JudgedRecord } from '../traces/trace-record.ts';
import type { OutOfFold } from './off-domain.ts';

/** A record as it is looked at for what rests on one judge alone. */
export interface SaidRecord {
  readonly traceId: string;
  /** Its near-duplicate group: one observation, however many records it has. */
  readonly groupId: string;
  readonly input: string;
  /** Key of the right output according to the judgement that counts. */
  readonly given: string;
  /** Who says so, `kind/id` each; the judge whose judgement counts first. */
  readonly judges: readonly string[];
  /** What a model says that has learnt from the first examples alone. */
  readonly trusted: OutOfFold;
}

/** The records whose right output is known, with what the first examples say of them. */
export function saidRecords(
  records: readonly JudgedRecord[],
  trusted: ReadonlyMap<string, OutOfFold>,
  kind: Pick<TaskKind, 'key'>,
): readonly SaidRecord[] {
  return records.flatMap(({ traceId, groupId, input, expected, judgement }): SaidRecord[] => {
    const said = trusted.get(traceId);
    if (said === undefined || expected === null || judgement === null) return [];
    const { judge, alsoBy = [] } = judgement;
    const judges = [...new Set([nameOf(judge), ...alsoBy].map(voiceOf))];
    return [{ traceId, groupId, input, given: kind.key(expected), judges, trusted: said }];
  });
}

/** Whose word it is: what was propagated is that of the person who was propagated, and bears nobody out but others. */
function voiceOf(name: string): string {
  return name.replace(/^propagated\//, 'human/');
}

/** How many near-duplicate groups records fall in. */
export function groupsIn(records: readonly Pick<SaidRecord, 'groupId'>[]): number {
  return new Set(records.map(({ groupId }) => groupId)).size;
}

/** The likeliest output and its probability; the first of equals. */
export function topOf({ labels, probabilities }: OutOfFold): { readonly label: string; readonly p: number } {
  let best = 0;
  for (let at = 1; at < labels.length; at += 1) if ((probabilities[at] ?? 0) > (probabilities[best] ?? 0)) best = at;
  return { label: labels[best] ?? '', p: probabilities[best] ?? 0 };
}

/** The probability of one output; 0 for one that is not named. */
export function probabilityOf({ labels, probabilities }: OutOfFold, label: string): number {
  return probabilities[labels.indexOf(label)] ?? 0;
}
