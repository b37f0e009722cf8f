import { elapsed } from '../../domain/base/elapsed.ts';
import type { Model } from '../../domain/models/model.ts';
import type { Ports } from '../../ports/ports.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import { gatherMaterial, type ReviewMaterial, type RunFindings } from './review-material.ts';
import type { ReviewRecord } from './review-record.ts';

/** What the last run that looked at a model's traffic found; null where none has. */
export type FindingsOf = (model: Model) => Promise<RunFindings | null>;

export type DeskPorts = Pick<Ports, 'objects' | 'lineage' | 'traceLog' | 'tasks' | 'clock'>;

/** Whether there is something new is looked at so often at most. */
const freshMs = 1_000;
/** Putting a queue together may take a twentieth of the time. */
const restFactor = 20;
/** It is not put off for longer, however long it seems to have taken by a clock that was set meanwhile. */
const longestRestMs = 10 * 60_000;
/** A queue that takes longer is put together while the one before is still shown. */
const promptMs = 250;

interface Held {
  readonly material: ReviewMaterial;
  readonly state: State;
  readonly builtAt: number;
  readonly tookMs: number;
}

/** What a queue is made of; while it is the same, so is the queue. */
interface State {
  readonly log: string;
  readonly run: string | null;
  readonly revision: number;
}

/**
 * The queue of one model, put together once for each state of its log, its last run and itself. What reviewers do changes
 * the log and not the queue, which knows of reviews apart.
 */
export class HeldMaterial {
  readonly #modelId: string;
  readonly #record: ReviewRecord;
  readonly #ports: DeskPorts;
  readonly #findings: FindingsOf;
  #held: Held | null = null;
  #building: Promise<Held> | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(modelId: string, record: ReviewRecord, ports: DeskPorts, findings: FindingsOf) {
    this.#modelId = modelId;
    this.#record = record;
    this.#ports = ports;
    this.#findings = findings;
  }

  /** @throws RatchetError UnknownModel */
  async model(): Promise<Model> {
    const model = await this.#ports.lineage.getModel(this.#modelId);
    if (model === undefined) throw await unknownModel(this.#modelId, this.#ports);
    return model;
  }

  /** Reads what other servers have entered, from time to time. */
  async look(): Promise<void> {
    const now = this.#ports.clock.now();
    if (elapsed(this.#lookedAt, now) < freshMs) return;
    this.#lookedAt = now;
    await this.#record.catchUp();
  }

  async get(): Promise<ReviewMaterial> {
    const held = this.#held;
    const now = this.#ports.clock.now();
    if (held !== null && elapsed(this.#lookedAt, now) < freshMs) return held.material;
    await this.look();
    if (this.#building !== null) return held?.material ?? (await this.#building).material;
    const model = await this.model();
    const findings = await this.#findings(model);
    const log = await this.#ports.traceLog.version(this.#modelId);
    const state: State = { log, run: findings?.runId ?? null, revision: model.revision };
    const isUsable = held !== null && held.state.revision === state.revision;
    if (isUsable && (isSameState(held.state, state) || elapsed(held.builtAt, now) < restOf(held))) {
      return held.material;
    }
    this.#building ??= this.#build(model, findings, state).finally(() => (this.#building = null));
    const building = this.#building;
    if (!isUsable || held.tookMs <= promptMs) return (await building).material;
    building.catch(() => undefined);
    return held.material;
  }

  /** Does what adds reviews to the log, and nothing that the queue would have to be put together anew for. */
  async whileEntering<T>(enter: () => Promise<T>): Promise<T> {
    const { traceLog } = this.#ports;
    const before = await traceLog.version(this.#modelId);
    const entered = await enter();
    const held = this.#held;
    if (held?.state.log === before) {
      this.#held = { ...held, state: { ...held.state, log: await traceLog.version(this.#modelId) } };
    }
    return entered;
  }

  async #build(model: Model, findings: RunFindings | null, state: State): Promise<Held> {
    const before = this.#ports.clock.now();
    const material = await gatherMaterial(model, findings, this.#record.reviewed, this.#ports);
    const builtAt = this.#ports.clock.now();
    this.#held = { material, state, builtAt, tookMs: elapsed(before, builtAt) };
    return this.#held;
  }
}

function restOf({ tookMs }: Held): number {
  return Math.min(restFactor * tookMs, longestRestMs);
}

function isSameState(a: State, b: State): boolean {
  return a.log === b.log && a.run === b.run && a.revision === b.revision;
}
