import { z } from 'zod';
import { type WatchCount, watchCountSchema } from '../evaluation/watch.ts';
import type { Run } from './run.ts';
import type { Settings } from './settings.ts';

const leaseSchema = z.strictObject({
  runId: z.string(),
  /** Who works on the run: a process on a laptop, an execution on AWS. */
  owner: z.string(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
});
export type Lease = z.infer<typeof leaseSchema>;

const watchSchema = z.strictObject({
  /** Share of the requests that the new champion answers, chosen by lot, while it is watched; null for all of them. */
  share: z.number().min(0).max(1).nullable(),
  /** How it ended without a rollback; left out while it goes on. */
  held: z.strictObject({ at: z.string(), evidence: watchCountSchema }).optional(),
});

const championMoveSchema = z.strictObject({
  at: z.string(),
  from: z.string().nullable(),
  to: z.string(),
  kind: z.enum(['create', 'promote', 'rollback']),
  /** A run's id, or the person who moved it. */
  by: z.string(),
  reason: z.string(),
  /** Position of the trace log up to which what it moved to has seen it, or was moved at; left out where not kept. */
  batches: z.int().nonnegative().optional(),
  /** Of the first checkpoint: SHA-256 of the folds that were written with it; left out where not kept. */
  folds: z.string().optional(),
  /** Of a promotion: what people had judged of its evidence, a digest (`peopleDigest`). */
  people: z.string().optional(),
  /** Of a promotion: how the new champion is watched beside its predecessor; left out where not kept. */
  watch: watchSchema.optional(),
  /** Of a rollback that followed from being watched. */
  evidence: watchCountSchema.optional(),
  /** Of a rollback: who lets in again what was taken back, and why. */
  released: z.strictObject({ at: z.string(), by: z.string(), reason: z.string() }).optional(),
});
/** One move of the champion pointer. */
export type ChampionMove = z.infer<typeof championMoveSchema>;

/** Champion, lease and fencing token of a model in one item, moved by compare-and-set on `version`. */
export const controlSchema = z.strictObject({
  modelId: z.string(),
  version: z.int().nonnegative(),
  championId: z.string().nullable(),
  lease: leaseSchema.nullable(),
  /** Rises with each lease; a holder with an older one can no longer promote. */
  fencingToken: z.int().nonnegative(),
  /** Newest last. */
  moves: z.array(championMoveSchema),
});
export type Control = z.infer<typeof controlSchema>;

/** The control item of a model that was just registered. */
export function firstControl(modelId: string): Control {
  return { modelId, version: 0, championId: null, lease: null, fencingToken: 0, moves: [] };
}

export type LeaseAnswer =
  | { readonly granted: true; readonly next: Control }
  | { readonly granted: false; readonly holder: Lease };

/** What is known of an owner: whether it works, has ended for good, or nothing. */
export type OwnerState = 'running' | 'gone' | 'unknown';

/** No lease is given for longer: one that seems to be was given by a clock that stood ahead. */
const longestLeaseMs = 7 * 24 * 60 * 60_000;

/** Whether the lease has not expired, as far as clocks tell. */
export function leaseIsLive(lease: Lease, now: number): boolean {
  return lease.expiresAt > now && lease.expiresAt - now <= longestLeaseMs;
}

/**
 * Whether a lease keeps others out: while it lives, unless its owner is gone; and beyond that while its owner is known
 * to run, which may go on writing at any moment, after having been suspended for instance.
 */
export function leaseKeepsOut(lease: Lease, now: number, owner: OwnerState): boolean {
  return leaseIsLive(lease, now) ? owner !== 'gone' : owner === 'running';
}

/**
 * Asks for the lease. Granted when it is free, belongs to this very owner and run, or {@link leaseKeepsOut keeps nobody
 * out}. A new owner gets a new fencing token; the same owner keeps its own.
 */
export function takeLease(
  control: Control,
  request: { runId: string; owner: string; now: number; minutes: number; stateOf?: (owner: string) => OwnerState },
): LeaseAnswer {
  const held = control.lease;
  const expiresAt = request.now + request.minutes * 60_000;
  const own = held !== null && held.runId === request.runId && held.owner === request.owner;
  if (held !== null && !own && leaseKeepsOut(held, request.now, request.stateOf?.(held.owner) ?? 'unknown')) {
    return { granted: false, holder: held };
  }
  return {
    granted: true,
    next: {
      ...control,
      version: control.version + 1,
      lease: { runId: request.runId, owner: request.owner, expiresAt },
      fencingToken: own ? control.fencingToken : control.fencingToken + 1,
    },
  };
}

/** Whether the run still holds the lease under this token (an expired lease that nobody took is still its own). */
export function holdsLease(control: Control, runId: string, fencingToken: number): boolean {
  return control.lease !== null && control.lease.runId === runId && control.fencingToken === fencingToken;
}

/** The control item with the lease prolonged; null when it was lost. */
export function renewLease(
  control: Control,
  runId: string,
  fencingToken: number,
  now: number,
  minutes: number,
): Control | null {
  const { lease } = control;
  if (lease === null || !holdsLease(control, runId, fencingToken)) return null;
  return { ...control, version: control.version + 1, lease: { ...lease, expiresAt: now + minutes * 60_000 } };
}

/**
 * The control item with the lease again in the hands of the run that had it last, for an execution that goes on after
 * its end; null when it is not free, or another has had it since.
 */
export function resumeLease(
  control: Control,
  last: { runId: string; owner: string; fencingToken: number; now: number; minutes: number },
): Control | null {
  if (control.lease !== null || control.fencingToken !== last.fencingToken) return null;
  const expiresAt = last.now + last.minutes * 60_000;
  return { ...control, version: control.version + 1, lease: { runId: last.runId, owner: last.owner, expiresAt } };
}

/**
 * The control item without the lease; null when this owner does not hold it for the run: another may have taken the run
 * over.
 */
export function releaseLease(control: Control, runId: string, owner: string): Control | null {
  const { lease } = control;
  return lease?.runId === runId && lease.owner === owner
    ? { ...control, version: control.version + 1, lease: null }
    : null;
}

/** Whether the champion was moved since the run began, by anybody but the run itself. */
export function championMovedSince(
  control: Control,
  { runId, startedAt, begun }: Pick<Run, 'runId' | 'startedAt' | 'begun'>,
): boolean {
  const moves =
    begun === undefined
      ? control.moves.filter(({ at }) => Date.parse(at) > Date.parse(startedAt))
      : control.moves.slice(begun.moves);
  return moves.some(({ by }) => by !== runId);
}

/** A promotion whose champion is watched beside the one that it took the place of. */
export interface Watch {
  readonly move: ChampionMove;
  readonly predecessor: string;
  /** Share of the requests that the champion answers, its predecessor the rest; null where it answers them all. */
  readonly share: number | null;
  /** What was found when it ended; null while it goes on. */
  readonly held: WatchCount | null;
}

/** How the champion is watched; null where it was not promoted in place of another, or the settings say not to. */
export function watchOf(
  { moves }: Pick<Control, 'moves'>,
  { afterPromotion }: Pick<Settings, 'afterPromotion'>,
): Watch | null {
  const move = moves.at(-1);
  if (move?.kind !== 'promote' || move.from === null || afterPromotion === 'off') return null;
  const share = afterPromotion === 'canary' ? (move.watch?.share ?? null) : null;
  return { move, predecessor: move.from, share, held: move.watch?.held?.evidence ?? null };
}

/** The control item with the champion moved. */
export function moveChampion(control: Control, move: Omit<ChampionMove, 'from'>): Control {
  return {
    ...control,
    version: control.version + 1,
    championId: move.to,
    moves: [...control.moves, { ...move, from: control.championId }],
  };
}
