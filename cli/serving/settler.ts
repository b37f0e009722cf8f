import type { Ports } from '../../shared/ports/ports.ts';
import type { TraceJournal } from '../../shared/ports/trace-journal.ts';
import { type Settled, settleJournal } from '../../shared/serving/settle-journal.ts';

export interface SettlerOptions {
  readonly journal: TraceJournal;
  readonly ports: Ports;
  readonly everyMs: number;
  /** Told by model what is new in its log. */
  readonly onSettled: (settled: readonly Settled[]) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

/** Moves the journal into the trace log from time to time, one move after the other. */
export class Settler {
  readonly #options: SettlerOptions;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** Begins with what processes that are gone have left behind. */
  start(): void {
    const { everyMs } = this.#options;
    this.#timer = setInterval(() => void this.settle(), everyMs).unref();
    void this.settle();
  }

  /** A fault is told, and what could not be moved is moved the next time. */
  settle(): Promise<void> {
    this.#working = this.#working.then(() => this.#settle());
    return this.#working;
  }

  /** Moves what is left, and ends. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.settle();
  }

  async #settle(): Promise<void> {
    const { journal, ports, onSettled, onFault } = this.#options;
    try {
      const settled = await settleJournal(journal, ports);
      if (settled.length > 0) await onSettled(settled);
    } catch (error) {
      onFault(error);
    }
  }
}
