import type { Watched } from '../../shared/operations/watch-champion.ts';
import type { Settled } from '../../shared/serving/settle-journal.ts';
import { printableLine } from '../printable.ts';

export interface WatcherOptions {
  readonly watch: (modelId: string) => Promise<Watched>;
  readonly say: (text: string) => void;
  readonly onFault: (error: unknown) => void;
}

/** So many new judgements are waited for before a champion is looked at again. */
const fewest = 20;
/** To look costs as much as there is judged: so it is looked at again once this part of that is new. */
const newPart = 0.1;

/** Looks at new champions as judgements come, and tells where one was moved back. */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #waiting = new Map<string, number>();
  readonly #wanted = new Map<string, number>();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** Counts what came in, and looks where there is enough of it. A fault of one model is told, and holds up no other. */
  async consider(settled: readonly Pick<Settled, 'modelId' | 'judgements'>[]): Promise<void> {
    for (const { modelId, judgements } of settled) {
      const waiting = (this.#waiting.get(modelId) ?? 0) + judgements;
      this.#waiting.set(modelId, waiting);
      if (waiting >= (this.#wanted.get(modelId) ?? fewest)) await this.#look(modelId).catch(this.#options.onFault);
    }
  }

  async #look(modelId: string): Promise<void> {
    this.#waiting.set(modelId, 0);
    const { outcome, count, champion, predecessor, reason } = await this.#options.watch(modelId);
    // One that is worse while a run is under way is looked at again with the next judgements.
    this.#wanted.set(modelId, outcome === 'busy' ? 1 : Math.max(fewest, Math.ceil(newPart * (count?.judged ?? 0))));
    if (outcome !== 'moved-back') return;
    const why = printableLine(reason, 600);
    this.#options.say(`The champion ${champion} of ${modelId} was moved back to ${predecessor}. ${why}.`);
  }
}
