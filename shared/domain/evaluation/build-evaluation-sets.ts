import { stratumOf } from '../base/facet-strata.ts';
import { digest } from '../base/ids.ts';
import type { Output } from '../base/output.ts';
import { sameAnswer } from '../base/same-answer.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import type { Settings } from '../models/settings.ts';
import type { SidedRecord, UsableRecord } from '../traces/trace-record.ts';
import type { EvaluationItem, EvaluationSetName } from './evaluation-set.ts';

/** A usable record on its side of the model's splits. */
export type HeldOutRecord = UsableRecord & { readonly side: SidedRecord['side'] };

/**
 * Makes a run's six evaluation sets from its usable records; those of the other sides are passed over. `right` is on
 * record where the champion's answer passed. Items are sorted by id, whatever the order of the records.
 * @param salt decides which passes the regression sets choose where there are more than their limit
 */
export function buildEvaluationSets(
  records: readonly HeldOutRecord[],
  settings: Pick<Settings, 'regressionSetLimit'>,
  salt: string,
  kind: Pick<TaskKind, 'facets'>,
): Readonly<Record<EvaluationSetName, readonly EvaluationItem[]>> {
  const validation = itemsOf(records, 'validation');
  const test = itemsOf(records, 'test');
  return {
    'traffic-validation': validation,
    'failure-validation': validation.filter((item) => !item.right),
    regression: stratifiedPasses(validation, settings.regressionSetLimit, salt, kind),
    'traffic-test': test,
    'failure-test': test.filter((item) => !item.right),
    'regression-test': stratifiedPasses(test, settings.regressionSetLimit, salt, kind),
  };
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
    return { ...item, expected, right: false };
  });
  return changed ? corrected : null;
}

/**
 * The union of several sets by example id, sorted by it. The later set's input and right output stand. An example is on
 * record as right when any of the sets has it right for that output: once a promoted checkpoint knew it, no
 * successor may forget it, or losses too small for each gate would add up from one promotion to the next.
 * @param sets items of each set, the oldest set first
 */
export function pool(
  sets: readonly (readonly EvaluationItem[])[],
  kind: Pick<TaskKind, 'same'>,
): readonly EvaluationItem[] {
  const union = new Map<string, EvaluationItem>();
  for (const item of sets.flat()) {
    const before = union.get(item.exampleId);
    const wasRight = before?.right === true && sameAnswer(kind, before.expected, item.expected);
    union.set(item.exampleId, { ...item, right: item.right || wasRight });
  }
  return [...union.values()].sort(byId);
}

function itemsOf(records: readonly HeldOutRecord[], side: SidedRecord['side']): readonly EvaluationItem[] {
  return records
    .filter((record) => record.side === side)
    .map(({ traceId, input, expected, verdict }) => ({
      exampleId: traceId,
      input,
      expected,
      right: verdict === 'pass',
    }))
    .sort(byId);
}

/** The passes among the items, stratified by the facets of the right output, at most `limit` of them. */
function stratifiedPasses(
  items: readonly EvaluationItem[],
  limit: number,
  salt: string,
  kind: Pick<TaskKind, 'facets'>,
): readonly EvaluationItem[] {
  const passes = items.filter((item) => item.right);
  const strata = [...Map.groupBy(passes, (item) => stratumOf(kind.facets(item.expected)))].sort(
    ([stratum, members], [other, others]) => others.length - members.length || compareText(stratum, other),
  );
  const counts = allocate(
    strata.map(([, members]) => members.length),
    Math.min(limit, passes.length),
  );
  return strata.flatMap(([, members], index) => chosen(members, counts[index] ?? 0, salt)).sort(byId);
}

/**
 * Shares `total` places among strata in proportion to their sizes: one each first (where there are too few, to the
 * first), the rest by largest remainder (Hamilton's method), equal remainders by order.
 * @param sizes at least 1 each, largest first, together at least `total`
 */
function allocate(sizes: readonly number[], total: number): readonly number[] {
  const counts: number[] = sizes.map((_, index) => (index < total ? 1 : 0));
  const left = total - sizes.length;
  if (left <= 0) return counts;
  const further = sizes.reduce((sum, size) => sum + size - 1, 0);
  const quotas = sizes.map((size, index) => {
    const places = left * (size - 1);
    return { index, whole: Math.floor(places / further), remainder: places % further };
  });
  for (const { index, whole } of quotas) counts[index] = 1 + whole;
  const unplaced = left - quotas.reduce((sum, { whole }) => sum + whole, 0);
  for (const { index } of quotas.sort((a, b) => b.remainder - a.remainder).slice(0, unplaced)) {
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** The items with the lowest salted hashes, so that most of a choice stays when traffic grows. */
function chosen(items: readonly EvaluationItem[], count: number, salt: string): readonly EvaluationItem[] {
  return items
    .map((item) => ({ item, hash: digest(salt, item.exampleId) }))
    .sort((a, b) => compareText(a.hash, b.hash))
    .slice(0, count)
    .map(({ item }) => item);
}

function byId(a: EvaluationItem, b: EvaluationItem): number {
  return compareText(a.exampleId, b.exampleId);
}
