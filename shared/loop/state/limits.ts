import { z } from 'zod';

// The state machine's state holds 256 KiB. What travels in it is bounded here, and a test computes the largest state
// from the schemas; whatever grows with the traffic is cut into larger parts instead of more.

export const mostChunks = 100;
export const mostShards = 100;
/** Clusters that get probes and a curriculum of their own. */
export const mostClusters = 100;
/** Candidates of one iteration: datasets times configurations. */
export const mostCandidates = 8;

const printable = /^[\x20-\x7e]*$/;

/** Room for the longest ids of model and run, and an item and a file of at most 40 characters. */
export const objectKeySchema = z.string().regex(printable).max(320);

/** An id of the lineage: of a checkpoint, a dataset, a set. */
export const lineageIdSchema = z.string().regex(printable).max(100);

/** What names an item of a Map, and becomes part of its object keys. */
export const itemIdSchema = z.string().regex(printable).max(40);

const longestReason = 2_000;

/** A sentence or a few for people. */
export const reasonSchema = z.string().max(longestReason);

/**
 * The reason, cut where it is longer than the state has room for; the whole of it stands in the objects it came from.
 */
export function shortReason(text: string): string {
  return text.length <= longestReason ? text : `${text.slice(0, longestReason - 1).toWellFormed()}…`;
}

/** Trainings of a run whose cost its result tells. */
export const mostTrainings = 24;
