import { foldCount, type Place, partOf, partsWorth } from './fold.ts';

/** What a trainer of few fold models can be weighed by, where that is too little. */
export interface ShortOfFolds {
  /** Records that a fold model of a candidate will answer without having seen them. */
  readonly reached: number;
  /** Parts that get a fold model, of so many. */
  readonly models: number;
  readonly parts: number;
  /** How many more records there have to be in all until so many are probably reached as are needed. */
  readonly more: number;
}

/** How many records are in each fold, of those that are in one. */
export function countByFold(records: readonly Pick<Place, 'folds'>[]): number[] {
  const counts = Array<number>(foldCount).fill(0);
  for (const { folds } of records) {
    const [fold] = folds;
    if (fold !== undefined) counts[fold] = (counts[fold] ?? 0) + 1;
  }
  return counts;
}

/**
 * Whether the records are too few for a candidate with fold models of the first parts alone, however right it is: only
 * those of these parts weigh it.
 * @param records in each fold
 * @param enough records that have to weigh it
 * @returns null where there are enough
 */
export function shortOfFolds(records: readonly number[], foldModels: number, enough: number): ShortOfFolds | null {
  // Parts of five are the coarsest, so that finer ones never reach more.
  const parts = partsWorth(foldCount, foldModels);
  const models = Math.min(foldModels, parts);
  const reached = records.reduce((sum, count, fold) => sum + (partOf(fold, parts) < models ? count : 0), 0);
  if (reached >= enough) return null;
  return { reached, models, parts, more: Math.ceil(((enough - reached) * parts) / models) };
}
