import { type ExitCode, exitCodes } from '../exit-codes.ts';

export interface ImproverOptions {
  /** Names of all models. */
  readonly models: () => Promise<readonly string[]>;
  readonly isDue: (modelId: string) => Promise<boolean>;
  /** Runs the loop once; null where it did not come to an end of its own. */
  readonly run: (modelId: string, stop: AbortSignal) => Promise<ExitCode | null>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly say: (text: string) => void;
  readonly onFault: (error: unknown) => void;
}

/** Traces may also come by other ways than the server's own. */
const lookEveryMs = 60_000;
const firstWaitMs = 60_000;
/** After so many failures in a row a model is left alone, until the server is started again. */
const mostFailures = 4;

interface Failed {
  readonly times: number;
  /** When another try may be made. */
  readonly until: number;
}

/**
 * Runs the loop for models for which a run is due, one at a time. A run that fails is tried again after a minute, then
 * after four and sixteen: what is due stays due, and one that always fails would take all that the machine has.
 */
export class Improver {
  readonly #options: ImproverOptions;
  readonly #due = new Set<string>();
  readonly #failed = new Map<string, Failed>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | null = null;

  constructor(options: ImproverOptions) {
    this.#options = options;
  }

  /** Considers all models, now and from time to time. */
  start(): void {
    const look = async (): Promise<void> => this.consider(await this.#options.models());
    this.#timer = setInterval(() => void look().catch(this.#options.onFault), lookEveryMs).unref();
    void look().catch(this.#options.onFault);
  }

  /** Considers models that have something new. */
  async consider(modelIds: readonly string[]): Promise<void> {
    for (const modelId of modelIds)
      if (this.#mayTry(modelId) && (await this.#options.isDue(modelId))) this.#due.add(modelId);
    if (this.#due.size > 0) this.#working ??= this.#work().finally(() => (this.#working = null));
  }

  /** Ends the run that is under way: started again, it goes on where it stopped. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#due.clear();
    this.#stop.abort();
    await this.#working;
  }

  #mayTry(modelId: string): boolean {
    const failed = this.#failed.get(modelId);
    return failed === undefined || (failed.times < mostFailures && this.#options.now() >= failed.until);
  }

  async #work(): Promise<void> {
    for (const modelId of this.#due) {
      if (this.#stop.signal.aborted) return;
      this.#options.say(`A run of ${modelId} is due: it begins.`);
      const code = await this.#options.run(modelId, this.#stop.signal).catch(() => null);
      this.#due.delete(modelId);
      if (!this.#stop.signal.aborted) this.#tell(modelId, code);
    }
  }

  #tell(modelId: string, code: ExitCode | null): void {
    const { say, now } = this.#options;
    if (code === exitCodes.done || code === exitCodes.kept) {
      this.#failed.delete(modelId);
      say(
        code === exitCodes.done
          ? `The run of ${modelId} has promoted a new champion.`
          : `The run of ${modelId} has ended; its champion stayed.`,
      );
      return;
    }
    const times = (this.#failed.get(modelId)?.times ?? 0) + 1;
    const wait = firstWaitMs * 4 ** (times - 1);
    this.#failed.set(modelId, { times, until: now() + wait });
    const next =
      times === mostFailures
        ? `That was the ${mostFailures}th failure in a row: no other is begun before this server is started again`
        : `It is tried again in ${wait / 60_000} min`;
    say(`The run of ${modelId} failed. ${next}; what went wrong: ratchet run ${modelId}.`);
  }
}
