import { driftHeadline } from '../../shared/domain/drift/drift-words.ts';
import type { watchDrift } from '../../shared/operations/drift.ts';
import type { Settled } from '../../shared/serving/settle-journal.ts';

export interface DriftWatcherOptions {
  readonly watch: (modelId: string) => ReturnType<typeof watchDrift>;
  readonly say: (text: string) => void;
  readonly onFault: (error: unknown) => void;
}

/** So many new traces and judgements are waited for before a champion's traffic is looked at again. */
const fewest = 50;

/** Looks at champions' traffic as it comes, and tells where it has changed. */
export class DriftWatcher {
  readonly #options: DriftWatcherOptions;
  readonly #waiting = new Map<string, number>();

  constructor(options: DriftWatcherOptions) {
    this.#options = options;
  }

  /** Counts what came in, and looks where there is enough of it. A fault of one model is told, and holds up no other. */
  async consider(settled: readonly Pick<Settled, 'modelId' | 'traces' | 'judgements'>[]): Promise<void> {
    for (const { modelId, traces, judgements } of settled) {
      const waiting = (this.#waiting.get(modelId) ?? 0) + traces + judgements;
      this.#waiting.set(modelId, waiting);
      if (waiting >= fewest) await this.#look(modelId).catch(this.#options.onFault);
    }
  }

  async #look(modelId: string): Promise<void> {
    this.#waiting.set(modelId, 0);
    const watched = await this.#options.watch(modelId);
    if (watched === null || watched.fresh.length === 0) return;
    this.#options.say(`${modelId}: ${driftHeadline(watched.drift)}. What to judge: ratchet review ${modelId}.`);
  }
}
