import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

export interface StartedRunsOptions {
  readonly lineage: Pick<LineageStore, 'getControl'>;
  /** Runs the loop once; null where it did not come to an end of its own. */
  readonly run: (modelId: string, stop: AbortSignal, seed: number | null) => Promise<ExitCode | null>;
  readonly say: (text: string) => void;
}

/** A run has its name once it has the lease: what starts it waits so long for that. */
const mostLooks = 16;
const lookEveryMs = 250;

/** Runs that people start over HTTP, one of a model at a time, in the background. */
export class StartedRuns {
  readonly #options: StartedRunsOptions;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: StartedRunsOptions) {
    this.#options = options;
  }

  /** @returns the run's name; null where it has none yet. @throws RatchetError LeaseHeld while one of the model runs */
  async start(modelId: string, seed: number | null): Promise<string | null> {
    if (this.#running.has(modelId)) {
      throw new RatchetError('LeaseHeld', `A run of ${modelId} was started a moment ago.`);
    }
    const running = this.#run(modelId, seed).finally(() => this.#running.delete(modelId));
    this.#running.set(modelId, running);
    for (let look = 0; look < mostLooks && this.#running.has(modelId); look++) {
      const lease = (await this.#options.lineage.getControl(modelId))?.lease ?? null;
      if (lease !== null) return lease.runId;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    return null;
  }

  /** Ends the runs under way: started again, each goes on where it stopped. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running.values());
  }

  async #run(modelId: string, seed: number | null): Promise<void> {
    const { run, say } = this.#options;
    say(`A run of ${modelId} begins, started from the console.`);
    const code = await run(modelId, this.#stop.signal, seed).catch(() => null);
    if (this.#stop.signal.aborted) return;
    if (code === exitCodes.done) say(`The run of ${modelId} has promoted a new champion.`);
    else if (code === exitCodes.kept) say(`The run of ${modelId} has ended; its champion stayed.`);
    else say(`The run of ${modelId} failed; what went wrong: ratchet run ${modelId}.`);
  }
}
