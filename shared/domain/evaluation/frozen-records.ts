import type { LabelReading } from '../base/label-change.ts';
import type { Output } from '../base/output.ts';
import { sameAnswer } from '../base/same-answer.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import type { EvaluationItem } from './evaluation-set.ts';

/**
 * A frozen set's items in the labels that the model has today. Left out are those whose label was split since, and those
 * on record as wrong whose label was merged with others: nobody knows whether the answer of then would be right today.
 * @param reading null where the labels were never changed
 */
export function itemsToday(items: readonly EvaluationItem[], reading: LabelReading | null): readonly EvaluationItem[] {
  if (reading === null) return items;
  return items.flatMap((item) => {
    const { output, joined } = reading.translate(item.expected);
    return output === null || (joined && !item.right) ? [] : [{ ...item, expected: output }];
  });
}

/**
 * A frozen set's items with later human corrections in them, for a new version of it. A corrected item counts as wrong,
 * since nobody knows whether the checkpoint of the set would have had it right.
 * @param corrections the right outputs by example id
 * @returns all items in their order, only corrected ones changed; null when no right output changes
 */
export function applyCorrections(
  items: readonly EvaluationItem[],
  corrections: ReadonlyMap<string, Output>,
  kind: Pick<TaskKind, 'same'>,
): readonly EvaluationItem[] | null {
  let changed = false;
  const corrected = items.map((item) => {
    const expected = corrections.get(item.exampleId);
    if (expected === undefined || sameAnswer(kind, expected, item.expected)) return item;
    changed = true;
    const { fromJudge: _, ...rest } = item;
    return { ...rest, expected, right: false, ...(item.credit === undefined ? {} : { credit: 0 }) };
  });
  return changed ? corrected : null;
}

/**
 * The union of several sets by example id, sorted by it. The later set's input and right output stand. An example is on
 * record as right when any of the sets has it right for that output: once a promoted checkpoint knew it, no
 * successor may forget it, or losses too small for each gate would add up from one promotion to the next. So it is with
 * the part of an answer that is right, where the later set has that on record.
 * @param sets items of each set, the oldest set first
 */
export function pool(
  sets: readonly (readonly EvaluationItem[])[],
  kind: Pick<TaskKind, 'same'>,
): readonly EvaluationItem[] {
  const union = new Map<string, EvaluationItem>();
  for (const item of sets.flat()) {
    const before = union.get(item.exampleId);
    const known = before !== undefined && sameAnswer(kind, before.expected, item.expected) ? before : undefined;
    const right = item.right || known?.right === true;
    const credit = item.credit === undefined ? {} : { credit: Math.max(item.credit, creditOnRecord(known)) };
    union.set(item.exampleId, { ...item, right, ...credit });
  }
  return [...union.values()].sort(byId);
}

function creditOnRecord(item: EvaluationItem | undefined): number {
  return item?.credit ?? (item?.right === true ? 1 : 0);
}

function byId(a: EvaluationItem, b: EvaluationItem): number {
  return compareText(a.exampleId, b.exampleId);
}
