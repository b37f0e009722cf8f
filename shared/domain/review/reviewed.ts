import type { Judgement } from '../traces/judgement.ts';
import type { ReviewAction, ReviewEntry, ReviewUndo } from './review-entry.ts';

/** An action with whether it was taken back. */
export interface KnownAction {
  readonly action: ReviewAction;
  readonly undone: boolean;
}

/** All that reviewers did with a model, put together of the entries in their order. */
export class Reviewed {
  readonly #actions = new Map<string, ReviewAction>();
  readonly #undone = new Map<string, ReviewUndo>();
  readonly #made = new Set<string>();
  readonly #standing = new Map<string, readonly Judgement[]>();
  readonly #deferred = new Map<string, Map<string, number>>();

  add(entry: ReviewEntry): void {
    if (entry.kind === 'action') {
      if (this.#actions.has(entry.actionId)) return;
      this.#actions.set(entry.actionId, entry);
      for (const judgement of entry.judgements) {
        this.#made.add(judgement.judgementId);
        this.#standing.set(judgement.traceId, [...this.of(judgement.traceId), judgement]);
      }
      this.#countDeferred(entry, 1);
      return;
    }
    const action = this.#actions.get(entry.undoes);
    if (action === undefined || this.#undone.has(entry.undoes)) return;
    this.#undone.set(entry.undoes, entry);
    for (const { traceId, judgementId } of action.judgements) {
      this.#standing.set(
        traceId,
        this.of(traceId).filter((one) => one.judgementId !== judgementId),
      );
    }
    this.#countDeferred(action, -1);
  }

  /** Whether a judgement came of an action, undone or not. */
  made(judgementId: string): boolean {
    return this.#made.has(judgementId);
  }

  /** What actions that are not undone say of a trace, oldest first. */
  of(traceId: string): readonly Judgement[] {
    return this.#standing.get(traceId) ?? [];
  }

  hasDeferred(reviewer: string, traceId: string): boolean {
    return (this.#deferred.get(reviewer)?.get(traceId) ?? 0) > 0;
  }

  action(actionId: string): KnownAction | undefined {
    const action = this.#actions.get(actionId);
    return action === undefined ? undefined : { action, undone: this.#undone.has(actionId) };
  }

  /** The latest action of a reviewer that is not undone. */
  latestOf(reviewer: string): ReviewAction | undefined {
    return [...this.#actions.values()].findLast(
      (action) => action.reviewer === reviewer && !this.#undone.has(action.actionId),
    );
  }

  /** In the order in which they were done. */
  actions(): readonly KnownAction[] {
    return [...this.#actions.values()].map((action) => ({ action, undone: this.#undone.has(action.actionId) }));
  }

  #countDeferred({ act, reviewer, cards }: ReviewAction, change: number): void {
    if (act !== 'defer') return;
    const own = this.#deferred.get(reviewer) ?? new Map<string, number>();
    for (const traceId of cards.flatMap(({ traceIds }) => traceIds)) {
      own.set(traceId, (own.get(traceId) ?? 0) + change);
    }
    this.#deferred.set(reviewer, own);
  }
}
