import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hadTheLease } from '../../shared/domain/models/run.ts';
import { runOutlook } from '../../shared/operations/run-outlook.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { exitCodes } from '../exit-codes.ts';

const executable = fileURLToPath(new URL('../bin/ratchet.js', import.meta.url));

export interface ImproverOptions {
  readonly workspace: string;
  readonly ports: Ports;
  readonly say: (text: string) => void;
}

/**
 * Runs the loop for models for which a run is due, one at a time, each in a process of its own: training takes all that
 * a machine has, and answers must not wait for it.
 */
export class Improver {
  readonly #options: ImproverOptions;
  readonly #due = new Set<string>();
  #working: Promise<void> | null = null;
  #stop = new AbortController();

  constructor(options: ImproverOptions) {
    this.#options = options;
  }

  /** Considers models that have something new. */
  async consider(modelIds: readonly string[]): Promise<void> {
    for (const modelId of modelIds) if (await this.#isDue(modelId)) this.#due.add(modelId);
    if (this.#due.size > 0) this.#working ??= this.#work().finally(() => (this.#working = null));
  }

  /** Ends the run that is under way: started again, it goes on where it stopped. */
  async stop(): Promise<void> {
    this.#due.clear();
    this.#stop.abort();
    await this.#working;
  }

  async #isDue(modelId: string): Promise<boolean> {
    const { lineage, traceLog, ...ports } = this.#options.ports;
    const [model, control] = await Promise.all([lineage.getModel(modelId), lineage.getControl(modelId)]);
    if (model === undefined || control === undefined) return false;
    const runs = (await lineage.listRuns(modelId)).filter(hadTheLease);
    const { due } = await runOutlook({ model, control, runs, history: await traceLog.history(modelId) }, ports);
    return due;
  }

  async #work(): Promise<void> {
    for (const modelId of this.#due) {
      this.#due.delete(modelId);
      if (this.#stop.signal.aborted) return;
      this.#options.say(`A run of ${modelId} is due: it begins.`);
      const code = await this.#run(modelId);
      if (code === exitCodes.done) this.#options.say(`The run of ${modelId} has promoted a new champion.`);
      else if (code === exitCodes.kept) this.#options.say(`The run of ${modelId} has ended; its champion stayed.`);
      else if (!this.#stop.signal.aborted)
        this.#options.say(`The run of ${modelId} failed: see ratchet status ${modelId}.`);
    }
  }

  #run(modelId: string): Promise<number | null> {
    const ended = Promise.withResolvers<number | null>();
    const args = [executable, '--workspace', this.#options.workspace, '--json', 'run', modelId];
    const child = spawn(process.execPath, args, { stdio: 'ignore', signal: this.#stop.signal });
    child.once('error', () => ended.resolve(null));
    child.once('exit', (code) => ended.resolve(code));
    return ended.promise;
  }
}
