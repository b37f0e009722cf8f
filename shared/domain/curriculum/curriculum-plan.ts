import { z } from 'zod';
import { defaultSettings, type Settings } from '../models/settings.ts';

const limitsSchema = z.strictObject({ lower: z.number().positive().max(1), upper: z.number().min(1) });

/** What a curriculum is made of: the numbers that a move of the iteration policy changes. */
export const curriculumPlanSchema = z.strictObject({
  /** `first`, or the move that asked for it. */
  name: z.string(),
  /**
   * Passing traces looked up for each failure, nearest first; the first is its hard negative, the others may become
   * one. Small clusters look further. 0 looks for none.
   */
  hardNegativesPerFailure: z.int().min(0).max(100),
  /** Aimed share of hard negatives; null leaves it to the causes of the failures. */
  hardNegativeShare: z.number().min(0).max(1).nullable(),
  /** Part of the judged-right traces that is taken, most valuable first. */
  boundaryPart: z.number().min(0).max(1),
  /** Most judged-right traces that are taken. */
  maxBoundary: z.int().nonnegative(),
  /** Weight of a corrected failure before slices are balanced. */
  failureWeight: z.number().positive(),
  /** Weight of a judged-right trace whose margin is below {@link lowMargin}, before slices are balanced. */
  lowMarginWeight: z.number().positive(),
  /** Label-preserving variants added for each failure that remains. */
  addedPerFailure: z.int().min(0).max(3),
  /** How far one example's weight may lie from the mean of 1. */
  weightLimits: limitsSchema,
  /** Weight at which `complement` replays, from which follows how many parent examples make up the slice's share. */
  replayWeight: z.number().positive().max(1),
  /** How far the weight of a label's examples may be moved for the sake of the label ratio. */
  labelLimits: limitsSchema,
  /** Fewest examples a label, filled up from the parent's dataset. */
  floorPerLabel: z.int().nonnegative(),
  /** Most examples of one label in a group of near-duplicates. */
  nearDuplicatesPerGroup: z.int().min(1),
});
export type CurriculumPlan = z.infer<typeof curriculumPlanSchema>;

/** A margin below this is a close decision. */
export const lowMargin = 0.3;

const first: CurriculumPlan = {
  name: 'first',
  hardNegativesPerFailure: defaultSettings.hardNegativesPerFailure,
  hardNegativeShare: null,
  boundaryPart: 1,
  maxBoundary: 20_000,
  failureWeight: 1,
  lowMarginWeight: 1,
  addedPerFailure: 0,
  weightLimits: { lower: 0.25, upper: 4 },
  replayWeight: 0.5,
  labelLimits: { lower: 0.5, upper: 2 },
  floorPerLabel: 5,
  nearDuplicatesPerGroup: 3,
};

const byMove: Readonly<Record<string, Partial<CurriculumPlan>>> = {
  'more-hard-negatives': { hardNegativesPerFailure: 20, hardNegativeShare: 0.345 },
  'more-boundary-gold': { hardNegativeShare: 0.26, lowMarginWeight: 2 },
  'all-judged-right': {
    maxBoundary: 100_000,
    weightLimits: { lower: 1, upper: 1 },
    labelLimits: { lower: 1, upper: 1 },
  },
  'two-a-pattern': { addedPerFailure: 2 },
  'three-a-pattern': { addedPerFailure: 3 },
};

/**
 * The plan of a policy move by its name; a move that leaves the data alone has that of the first iteration. No move
 * brings back what is switched off.
 */
export function planFor(
  move: string,
  { hardNegativesPerFailure }: Pick<Settings, 'hardNegativesPerFailure'> = defaultSettings,
): CurriculumPlan {
  const plan = { ...first, hardNegativesPerFailure, ...(Object.hasOwn(byMove, move) ? byMove[move] : {}), name: move };
  return hardNegativesPerFailure === 0 ? { ...plan, hardNegativesPerFailure, hardNegativeShare: null } : plan;
}
