import type { Example } from '../models/example.ts';
import { nearDuplicateGroups } from '../similarity/near-duplicates.ts';

/** With this many held-out traces the paired test needs no others. */
export const enoughHeldOut = 1_000;

const folds = 4;

/** A part of the training side that is answered by a model which has not seen it. */
export interface Fold<T> {
  readonly held: readonly T[];
  /** What the dataset holds beside all that was made of the held traces. */
  readonly examples: readonly Example[];
}

/**
 * Cross-fitting (Schick 1986; k-fold cross-validation with its predictions pooled): the training side in parts,
 * near-duplicates together, each with the dataset less what came of its traces. The parent's examples are in every
 * fold, as the champion has seen them too. Deterministic.
 * @returns folds that hold anything and leave anything to train on
 */
export function crossFitFolds<T extends { readonly traceId: string; readonly input: string }>(
  records: readonly T[],
  dataset: readonly Example[],
): Fold<T>[] {
  const groups = nearDuplicateGroups(records.map(({ input }) => input));
  const foldOf = new Map<string, number>();
  const byGroup = new Map<number, number>();
  records.forEach(({ traceId }, at) => {
    const group = groups[at] ?? at;
    const fold = byGroup.get(group) ?? byGroup.size % folds;
    byGroup.set(group, fold);
    foldOf.set(traceId, fold);
  });
  return Array.from({ length: folds }, (_, fold) => ({
    held: records.filter(({ traceId }) => foldOf.get(traceId) === fold),
    examples: dataset.filter(({ provenance }) => !('traceId' in provenance) || foldOf.get(provenance.traceId) !== fold),
  })).filter(({ held, examples }) => held.length > 0 && examples.length > 0);
}
