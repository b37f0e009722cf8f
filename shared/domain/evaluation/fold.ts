import { z } from 'zod';

/** Folds that the traffic of a model falls on, for the life of the model. */
export const foldCount = 10;

export const foldSchema = z
  .int()
  .min(0)
  .max(foldCount - 1);

/** How many parts the folds are used in: each by itself, or two at a time. Every part of ten lies in one of five. */
export const partsSchema = z.union([z.literal(5), z.literal(10)]);
export type Parts = z.infer<typeof partsSchema>;

export const placeSchema = z.strictObject({
  /** The near-duplicate group it belongs to: one observation, however many traces it has. */
  groupId: z.string(),
  /**
   * The folds whose models must not train it, sorted; none for what trains everywhere. An input near others of several
   * folds has them all.
   */
  folds: z.array(foldSchema).readonly(),
  /**
   * `evidence`: judged by the model of its one fold. `report`: never trained and never decided by, for the report alone.
   * `none`: neither, because a model that would judge it may have seen it or what is near it.
   */
  use: z.enum(['evidence', 'report', 'none']),
});
/** Where an input stands for the life of its model. */
export type Place = z.infer<typeof placeSchema>;

/** With so many judged traces half as many fold models are enough: each still learns from four fifths of them. */
const enoughForFive = 1_000;

/** How many fold models are trained where all of them are, by how many judged traces the lineage has. */
export function partsFor(judged: number): Parts {
  return judged < enoughForFive ? 10 : 5;
}

/**
 * How many parts the folds are used in by a trainer that is worth so many fold models. Where they are a few, only what
 * lies in their parts is evidence, and parts of ten would be half as much of it.
 */
export function partsWorth(parts: Parts, foldModels: 'all' | number): Parts {
  return foldModels === 'all' ? parts : 5;
}

/** The part that a fold lies in. */
export function partOf(fold: number, parts: Parts): number {
  return Math.floor((fold * parts) / foldCount);
}

/** Whether the model of a part must not train what has these folds. */
export function isHeldOut(folds: readonly number[], part: number, parts: Parts): boolean {
  return folds.some((fold) => partOf(fold, parts) === part);
}
