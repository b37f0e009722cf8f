import { enoughUsd } from '../../domain/base/wording.ts';

/** What the budget of a run did not cover of the champion's answers. */
export interface NotCovered {
  /** Traces that it was asked about, and not. */
  readonly asked: number;
  readonly notAsked: number;
  /** The most that asking about the others may cost, US dollars; null where that is not known. */
  readonly notAskedUsd: number | null;
  readonly budgetUsd: number | null;
}

/** `with --budget 0.85 or more, which covers these answers`. */
export function withMoreMoney({ budgetUsd, notAskedUsd }: Pick<NotCovered, 'budgetUsd' | 'notAskedUsd'>): string {
  return budgetUsd === null || notAskedUsd === null
    ? 'with a larger --budget'
    : `with --budget ${enoughUsd(budgetUsd + notAskedUsd)} or more, which covers these answers`;
}
