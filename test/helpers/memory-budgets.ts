import { RatchetError } from '../../shared/domain/base/errors.ts';
import { type Budget, type Budgets, nothingSpent, type Spending } from '../../shared/ports/budgets.ts';

/** {@link Budgets} in memory. */
export class MemoryBudgets implements Budgets {
  readonly #runs = new Map<string, { limit: Spending; calls: Map<string, { settled: boolean; amount: Spending }> }>();

  async open(runId: string, limit: Spending): Promise<void> {
    if (!this.#runs.has(runId)) this.#runs.set(runId, { limit, calls: new Map() });
  }

  async reserve(runId: string, key: string, most: Spending): Promise<boolean> {
    const run = this.#runs.get(runId);
    if (run === undefined) throw new RatchetError('UnknownRun', `There is no budget of run ${runId}.`);
    if (run.calls.has(key)) return true;
    const taken = sumOf([...run.calls.values()].map(({ amount }) => amount).concat(most));
    const { limit } = run;
    if (taken.turns > limit.turns || taken.outputTokens > limit.outputTokens || taken.microUsd > limit.microUsd) {
      return false;
    }
    run.calls.set(key, { settled: false, amount: most });
    return true;
  }

  async settle(runId: string, key: string, used: Spending): Promise<void> {
    const call = this.#runs.get(runId)?.calls.get(key);
    if (call?.settled === false) this.#runs.get(runId)?.calls.set(key, { settled: true, amount: used });
  }

  async get(runId: string): Promise<Budget | undefined> {
    const run = this.#runs.get(runId);
    if (run === undefined) return undefined;
    const of = (settled: boolean) =>
      sumOf([...run.calls.values()].filter((call) => call.settled === settled).map(({ amount }) => amount));
    return { limit: run.limit, spent: of(true), reserved: of(false) };
  }
}

function sumOf(amounts: readonly Spending[]): Spending {
  return amounts.reduce(
    (sum, { turns, outputTokens, microUsd }) => ({
      turns: sum.turns + turns,
      outputTokens: sum.outputTokens + outputTokens,
      microUsd: sum.microUsd + microUsd,
    }),
    nothingSpent,
  );
}
