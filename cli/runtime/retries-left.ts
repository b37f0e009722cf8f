import type { RetryRule } from './retry-rules.ts';

/** Counts how often the steps of an execution have failed, against how often the machine tries them. */
export class RetriesLeft {
  readonly #rules: ReadonlyMap<string, RetryRule>;
  readonly #failures = new Map<string, number>();

  constructor(rules: ReadonlyMap<string, RetryRule>) {
    this.#rules = rules;
  }

  /** Counts a failure. @returns how often the step is tried again at most; 0 when it has failed for good */
  failed(state: string, item: string, errorName: string): number {
    const rule = this.#rules.get(state);
    const failures = (this.#failures.get(`${state} ${item}`) ?? 0) + 1;
    this.#failures.set(`${state} ${item}`, failures);
    if (rule === undefined || !rule.errors.has(errorName)) return 0;
    return Math.max(0, rule.attempts - failures + 1);
  }

  /** A call of the step has succeeded: when it is entered again, its count begins anew. */
  finished(state: string, item: string): void {
    this.#failures.delete(`${state} ${item}`);
  }
}
