import { digest } from '../shared/domain/base/ids.ts';
import type { Model } from '../shared/domain/models/model.ts';
import type { Trace } from '../shared/domain/traces/trace.ts';
import type { Ports } from '../shared/ports/ports.ts';
import type { Prediction } from '../shared/ports/predictor.ts';
import { storable } from '../shared/serving/answered-trace.ts';
import type { InputLine } from './answer-lines.ts';

/** Traces are appended in batches: each append is a file of the log. */
const batchTraces = 2_000;
/** What came is appended after so long, however little it is. */
const longestWaitMs = 5_000;

type ServingPorts = Pick<Ports, 'traceLog' | 'ids' | 'clock' | 'tasks' | 'detectors'>;

/**
 * Records what a command answers as served traffic. What was given out by {@link ServedTraces.add} is in the log once
 * {@link ServedTraces.flush} has resolved; a trace is handed over at once, and appended with others.
 */
export class ServedTraces {
  readonly #served: { readonly modelId: string; readonly checkpointId: string };
  readonly #model: Model;
  readonly #ports: ServingPorts;
  #leftOut = 0;
  #waiting: Trace[] = [];
  #timer: NodeJS.Timeout | undefined;
  #recorded = 0;
  #appending: Promise<void> = Promise.resolve();

  constructor(model: Model, checkpointId: string, ports: ServingPorts) {
    this.#served = { modelId: model.modelId, checkpointId };
    this.#model = model;
    this.#ports = ports;
  }

  /** Traces that are in the log. */
  get recorded(): number {
    return this.#recorded;
  }

  /**
   * Takes answered lines. Their other fields become the traces' metadata. The model's own answer is recorded, also where
   * the command gave none for low confidence.
   * @returns the new trace ids, in order
   * @throws RatchetError StorageFailure
   */
  async add(
    answered: readonly { readonly line: InputLine; readonly prediction: Prediction | undefined }[],
  ): Promise<readonly string[]> {
    const timestamp = new Date(this.#ports.clock.now()).toISOString();
    const traces = answered.map(
      ({ line, prediction }): Trace => ({
        traceId: this.#ports.ids.next('trace'),
        timestamp,
        ...this.#served,
        input: line.input,
        output: prediction?.output ?? null,
        confidence: prediction?.confidence ?? 0,
        ...metadataOf(line),
      }),
    );
    this.#waiting.push(...traces.flatMap((trace) => this.#redacted(trace)));
    if (this.#waiting.length >= batchTraces) await this.flush();
    else this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), longestWaitMs).unref();
    return traces.map(({ traceId }) => traceId);
  }

  /** Answered lines that are not recorded, since what is to be redacted in them would make their outputs untrue. */
  get leftOut(): number {
    return this.#leftOut;
  }

  #redacted(trace: Trace): readonly Trace[] {
    const kept = storable(trace, this.#model, this.#ports);
    if (kept === null) this.#leftOut += 1;
    return kept === null ? [] : [kept];
  }

  /** Appends all that waits. @throws RatchetError StorageFailure */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const append = this.#appending.then(() => this.#append());
    // A failed append leaves its traces waiting for the next flush, and does not stop it.
    this.#appending = append.catch(() => undefined);
    await append;
  }

  async #append(): Promise<void> {
    const traces = this.#waiting;
    if (traces.length === 0) return;
    const batchId = digest(...traces.map(({ traceId }) => traceId)).slice(0, 16);
    await this.#ports.traceLog.append(this.#served.modelId, batchId, { traces, judgements: [] });
    this.#waiting = this.#waiting.slice(traces.length);
    this.#recorded += traces.length;
  }
}

/** The line's other fields; those of its own `metadata` lie beside them. */
function metadataOf({ others }: InputLine): Pick<Trace, 'metadata'> {
  const { metadata, ...rest } = others;
  const isObject = metadata !== null && typeof metadata === 'object' && !Array.isArray(metadata);
  const all = isObject ? { ...rest, ...metadata } : { ...others };
  return Object.keys(all).length === 0 ? {} : { metadata: all };
}
