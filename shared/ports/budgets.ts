/** What agents use, together. */
export interface Spending {
  /** Steps of a model, each with its tool calls. */
  readonly turns: number;
  readonly outputTokens: number;
  /** Millionths of a US dollar, so that sums are exact. */
  readonly microUsd: number;
}

/** Of a part of a budget that nobody limits. */
export const unlimited: number = Number.MAX_SAFE_INTEGER;

export const nothingSpent: Spending = { turns: 0, outputTokens: 0, microUsd: 0 };

export interface Budget {
  readonly limit: Spending;
  /** What is spent for good. */
  readonly spent: Spending;
  /** What is set aside for model calls that are under way. */
  readonly reserved: Spending;
}

/**
 * What all agents of a run may use, in one item that changes as a whole: taken before a model is called, settled after
 * it. Spent is an ending, never a fault. Amounts are whole numbers of at least 0.
 */
export interface Budgets {
  /** Opens a run's budget; opening it again changes nothing. */
  open(runId: string, limit: Spending): Promise<void>;
  /**
   * Sets aside the most that one model call can use.
   * @param key of the call (agent and turn); once granted, reserving under it again changes nothing and is granted,
   * settled or not
   * @returns whether spent and reserved and this together stay within every limit; nothing is set aside if not
   * @throws RatchetError UnknownRun when the run's budget was never opened
   */
  reserve(runId: string, key: string, most: Spending): Promise<boolean>;
  /**
   * Puts what the call used in place of what was set aside for it. Settling again changes nothing, nor does settling
   * what was never granted.
   * @param used more than was set aside counts too, and may take the budget beyond its limit
   */
  settle(runId: string, key: string, used: Spending): Promise<void>;
  get(runId: string): Promise<Budget | undefined>;
}
