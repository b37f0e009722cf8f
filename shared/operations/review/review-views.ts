import type { Output } from '../../domain/base/output.ts';
import type { PairAgreement } from '../../domain/review/agreement.ts';
import type { PropagationThreshold } from '../../domain/review/propagation-threshold.ts';
import type { JudgedCard, ReviewAction, ReviewKind } from '../../domain/review/review-entry.ts';
import type { KnownAction } from '../../domain/review/reviewed.ts';
import type { Why, WhyKind } from '../../domain/review/why.ts';
import type { Judgement, Verdict } from '../../domain/traces/judgement.ts';

export interface QueueQuestion {
  /** Null for nobody in particular. */
  readonly reviewer: string | null;
  readonly limit: number;
  /** Where the page before ended; null for the first page. */
  readonly after: string | null;
  readonly label: string | null;
  readonly reason: WhyKind | null;
}

/** A card as a person sees it, in the labels of today. */
export interface CardView {
  readonly cardId: string;
  readonly traceId: string;
  readonly like: number;
  readonly likeIds: readonly string[];
  readonly input: string;
  readonly output: Output | null;
  readonly confidence: number | null;
  readonly verdict: Verdict | null;
  readonly expected: Output | null;
  readonly judges: readonly {
    readonly kind: Judgement['judge']['kind'];
    readonly id: string;
    readonly verdict: Verdict | null;
    readonly expected: Output | null;
    readonly reason: string;
  }[];
  readonly why: readonly Why[];
  readonly at: string;
  readonly claim: { readonly reviewer: string; readonly until: string } | null;
  readonly reviews: readonly ReviewView[];
}

interface ReviewView {
  readonly reviewer: string;
  readonly verdict: Verdict | null;
  readonly expected: Output | null;
  readonly at: string;
}

export interface QueuePage {
  readonly total: number;
  readonly next: string | null;
  readonly labels: readonly string[];
  readonly task: string;
  readonly cards: readonly CardView[];
}

export interface ActionRequest {
  readonly reviewer: string;
  readonly kind: ReviewKind;
  readonly cards: readonly JudgedCard[];
  /** The right output of a correction as it was written; undefined for all else. */
  readonly expected?: unknown;
  readonly propagate: boolean;
  readonly clientId: string;
}

export interface ActionOutcome {
  readonly actionId: string;
  readonly judged: number;
  readonly propagated: number;
  readonly deferred: number;
}

export interface UndoOutcome {
  readonly actionId: string;
  readonly kind: ReviewKind;
  readonly judgements: number;
  readonly cards: readonly string[];
}

export interface SimilarView {
  readonly traceId: string;
  readonly input: string;
  readonly output: Output | null;
  readonly similarity: number;
}

export interface Preview extends PropagationThreshold {
  readonly like: readonly SimilarView[];
  readonly propagated: readonly SimilarView[];
  readonly total: number;
}

export interface ActionView extends Omit<ActionOutcome, 'deferred'> {
  readonly reviewer: string;
  readonly kind: ReviewKind;
  readonly cards: number;
  readonly at: string;
  readonly undone: boolean;
  readonly expected: Output | null;
}

export interface Agreement {
  readonly reviewsWanted: number;
  readonly pairs: readonly PairAgreement[];
  readonly reviewers: readonly {
    readonly reviewer: string;
    readonly judged: number;
    readonly corrected: number;
    readonly accepted: number;
    readonly deferred: number;
    readonly undone: number;
  }[];
  readonly waitingForSecond: number;
}

/** What an action came to. */
export function outcomeOf({ actionId, act, cards, judgements }: ReviewAction): ActionOutcome {
  const propagated = judgements.filter(({ judge }) => judge.kind === 'propagated').length;
  return { actionId, judged: judgements.length - propagated, propagated, deferred: act === 'defer' ? cards.length : 0 };
}

export function actionView({ action, undone }: KnownAction): ActionView {
  const { reviewer, act, cards, at, expected } = action;
  const { deferred: _, ...outcome } = outcomeOf(action);
  return { ...outcome, reviewer, kind: act, cards: cards.length, at, undone, expected };
}

/** Who did what. */
export function reviewersOf(actions: readonly KnownAction[]): Agreement['reviewers'] {
  return [...Map.groupBy(actions, ({ action }) => action.reviewer)].map(([reviewer, own]) => {
    const standing = own.filter(({ undone }) => !undone).map(({ action }) => action);
    const judgedBy = (act: ReviewKind) =>
      standing.filter((action) => action.act === act).reduce((sum, action) => sum + outcomeOf(action).judged, 0);
    return {
      reviewer,
      judged: standing.reduce((sum, action) => sum + outcomeOf(action).judged, 0),
      corrected: judgedBy('correct'),
      accepted: judgedBy('accept'),
      deferred: standing.reduce((sum, action) => sum + outcomeOf(action).deferred, 0),
      undone: own.length - standing.length,
    };
  });
}
