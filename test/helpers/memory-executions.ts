import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { Executions } from '../../shared/ports/executions.ts';

type Started = Parameters<Executions['start']>[0];

/** {@link Executions} in memory; runs end when told to. */
export class MemoryExecutions implements Executions {
  /** Every execution that was newly started. */
  readonly started: Started[] = [];
  readonly #ended = new Set<string>();
  #refuse = false;

  get running(): readonly Started[] {
    return this.started.filter((run) => !this.#ended.has(run.runId));
  }

  async start(run: Started): Promise<'running' | 'ended'> {
    if (this.#refuse) {
      this.#refuse = false;
      throw new RatchetError('StorageFailure', 'Step Functions is busy.');
    }
    if (this.#ended.has(run.runId)) return 'ended';
    if (!this.started.some((known) => known.runId === run.runId)) this.started.push(run);
    return 'running';
  }

  end(runId: string): void {
    this.#ended.add(runId);
  }

  refuseNext(): void {
    this.#refuse = true;
  }
}
