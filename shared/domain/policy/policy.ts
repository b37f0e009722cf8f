import { z } from 'zod';
import type { GateVerdict } from '../evaluation/gate.ts';
import { configurationSchema } from '../models/configuration.ts';
import type { Settings } from '../models/settings.ts';
import type { StopReason } from './stop-reason.ts';

export const moveKindSchema = z.enum(['rework-data', 'tune', 'augment']);
/** What an iteration changes: the dataset, the hyperparameters, or a few examples a remaining failure pattern. */
export type MoveKind = z.infer<typeof moveKindSchema>;

/** A concrete move of a kind. Its `name` is unique, so that what was tried can be told. */
export const moveSchema = z.strictObject({
  kind: moveKindSchema,
  name: z.string(),
  /** For `tune`: the configurations to train on the dataset as it is. */
  configurations: z.array(configurationSchema).optional(),
});
export type Move = z.infer<typeof moveSchema>;

/** An iteration that was evaluated and decided on. */
export interface PastIteration {
  readonly iteration: number;
  /** Score of its best candidate, a fraction. */
  readonly score: number;
  /** Whether dataset and configuration went back to what stood before it. */
  readonly rolledBack: boolean;
  /** Name of the move it made. */
  readonly move: string;
}

export interface PolicyRequest {
  readonly settings: Pick<Settings, 'smallestGain' | 'maxIterations' | 'targetScore'>;
  /** The iteration just evaluated, from 1. */
  readonly iteration: number;
  /** Score of its best candidate out of fold, a fraction. */
  readonly score: number;
  /** What stood before it and can be gone back to; null in the first iteration. */
  readonly previous: { readonly score: number } | null;
  readonly championScore: number;
  readonly gate: GateVerdict['outcome'];
  /** Whether its best candidate loses more of what was right than the gate allows. */
  readonly losesTooMuch: boolean;
  /** The iterations before it, oldest first. */
  readonly gains: readonly PastIteration[];
  /** Moves not made yet, in order of preference. */
  readonly untried: readonly Move[];
  /** Whether all remaining failures have causes that training cannot mend. */
  readonly externalRemainder: boolean;
}

export type PolicyDecision =
  | { readonly next: 'promote'; readonly detail: string }
  | {
      readonly next: 'stop';
      readonly reason: StopReason;
      /** Whether what stood before the iteration is the best of the run. */
      readonly rollback: boolean;
      readonly detail: string;
    }
  | { readonly next: MoveKind; readonly move: Move; readonly rollback: boolean; readonly detail: string };

const dataBelow = 0.8;
const augmentAbove = 0.95;
/** Differences of scores are known up to this. */
const roundingError = 1e-9;

/** The kind of move that a score calls for: `< 0.80` data, `0.80 … 0.95` hyperparameters, `> 0.95` a few examples. */
export function policyBand(score: number): MoveKind {
  if (score > augmentAbove) return 'augment';
  return score >= dataBelow ? 'tune' : 'rework-data';
}

/**
 * Decides what follows an evaluated iteration. In this order: the gate's pass promotes; a score below what stood before
 * rolls back to that; then the run stops when evidence is too little (it does not grow within a run), when the score
 * reaches the target τ all the same, on a plateau (this iteration and the one before
 * gained less than the smallest gain each), when only external failures remain, or at the iteration limit; else the
 * next untried move is made, and the run stops when there is none. The move is of the band of the score that stands;
 * but where the best candidate loses too much, whatever its score, configurations nearer to the champion come first. A
 * missing score counts as 0.
 */
export function applyPolicy(request: PolicyRequest): PolicyDecision {
  const score = Number.isFinite(request.score) ? request.score : 0;
  if (request.gate === 'passed') return { next: 'promote', detail: `The gate passed a score of ${shown(score)}.` };

  const { previous, settings } = request;
  const rollback = previous !== null && score < previous.score;
  const basis = rollback ? previous.score : score;
  const prefix = rollback ? `The score ${shown(score)} is below ${shown(basis)}: back to what stood before. ` : '';
  const stop = (reason: StopReason, why: string): PolicyDecision => ({
    next: 'stop',
    reason,
    rollback,
    detail: prefix + why,
  });

  if (request.gate === 'too-little-evidence')
    return stop('too-little-evidence', 'There is too little evidence to pass any candidate.');
  if (basis >= settings.targetScore - roundingError)
    return stop('target-reached', `A score of ${shown(basis)} reaches the target of ${shown(settings.targetScore)}.`);
  const gains = [...pastGains(request), score - (previous?.score ?? request.championScore)];
  if (isPlateau(gains, settings.smallestGain)) {
    const [before, now] = gains.slice(-2).map(signed);
    return stop(
      'plateau',
      `Two iterations in a row gained less than ${settings.smallestGain}: ${before}, then ${now}.`,
    );
  }
  if (request.externalRemainder)
    return stop('external-remainder', 'The failures that remain have causes that training cannot mend.');
  if (request.iteration >= settings.maxIterations)
    return stop('iteration-limit', `All ${settings.maxIterations} iterations are used.`);

  const band = policyBand(basis);
  const tried = new Set(request.gains.map((past) => past.move));
  const untried = (kind: MoveKind) =>
    request.untried.find((candidate) => candidate.kind === kind && !tried.has(candidate.name));
  const nearer = request.losesTooMuch ? untried('tune') : undefined;
  const move = nearer ?? untried(band);
  if (move === undefined)
    return stop('moves-exhausted', `A score of ${shown(basis)} calls for ${band}, and every such move was made.`);
  const why =
    nearer === undefined
      ? `A score of ${shown(basis)} calls for ${band}`
      : 'The best candidate loses too much, which calls for more of the champion';
  return { next: move.kind, move, rollback, detail: `${prefix}${why}: ${move.name}.` };
}

/**
 * The moves that a decision could make as well, the one that it makes among them, in order of preference: all of the same
 * kind that were not made yet. None where it promotes or stops.
 */
export function allowedMoves(
  request: Pick<PolicyRequest, 'gains' | 'untried'>,
  decision: PolicyDecision,
): readonly Move[] {
  if (decision.next === 'promote' || decision.next === 'stop') return [];
  const tried = new Set(request.gains.map((past) => past.move));
  return request.untried.filter(({ kind, name }) => kind === decision.next && !tried.has(name));
}

/**
 * A decision with another move that it allows, and who chose it.
 * @param why a sentence or two
 */
export function withChosenMove(decision: PolicyDecision, move: Move, why: string): PolicyDecision {
  if (decision.next === 'promote' || decision.next === 'stop' || move.kind !== decision.next) return decision;
  return { ...decision, move, detail: `${decision.detail} ${why}` };
}

/** What each past iteration gained over what stood before it, the champion before the first. */
function pastGains({ gains, championScore }: PolicyRequest): readonly number[] {
  let basis = championScore;
  return gains.map((past) => {
    const gain = past.score - basis;
    if (!past.rolledBack) basis = past.score;
    return gain;
  });
}

function isPlateau(gains: readonly number[], smallestGain: number): boolean {
  const last = gains.slice(-2);
  return last.length === 2 && last.every((gain) => !(gain >= smallestGain - roundingError));
}

function shown(score: number): string {
  return score.toFixed(4);
}

function signed(gain: number): string {
  return `${gain < 0 ? '−' : '+'}${Math.abs(gain).toFixed(4)}`;
}
