import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Model } from '../domain/models/model.ts';
import { chooseCheckpoint } from '../operations/choose-checkpoint.ts';
import { answersToday, answerToday } from '../ports/answer-today.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { MicroBatches } from './micro-batches.ts';

/** A model as it answers now. */
export interface ServedModel {
  readonly model: Model;
  readonly checkpoint: Checkpoint;
  readonly answers: MicroBatches;
}

interface Held {
  readonly served: ServedModel;
  readonly lookedAt: number;
}

/** How long a champion may answer after another has taken its place. */
const freshMs = 1_000;

/**
 * The champions of all models of a place. A promotion, a rollback and a change of labels are picked up within a second;
 * the old champion answers until the new one is loaded.
 */
export class ServedModels {
  readonly #ports: Ports;
  readonly #held = new Map<string, Held>();
  readonly #looking = new Map<string, Promise<ServedModel>>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Inputs that are not answered yet, of all models. */
  get waiting(): number {
    return [...this.#held.values()].reduce((sum, { served }) => sum + served.answers.waiting, 0);
  }

  /** @throws RatchetError UnknownModel, NoChampion, and what reading it throws where nothing is held */
  async get(modelId: string): Promise<ServedModel> {
    const held = this.#held.get(modelId);
    if (held === undefined) return this.#look(modelId);
    if (this.#ports.clock.now() - held.lookedAt <= freshMs || this.#looking.has(modelId)) return held.served;
    // Who comes first waits for the look, as nobody may have asked for long. Where looking fails, what is held goes on.
    return this.#look(modelId).catch(() => held.served);
  }

  #look(modelId: string): Promise<ServedModel> {
    const under = this.#looking.get(modelId);
    if (under !== undefined) return under;
    const looking = this.#load(modelId).finally(() => this.#looking.delete(modelId));
    this.#looking.set(modelId, looking);
    return looking;
  }

  async #load(modelId: string): Promise<ServedModel> {
    const [model, checkpoint] = await Promise.all([
      this.#ports.lineage.getModel(modelId),
      chooseCheckpoint(modelId, null, this.#ports),
    ]);
    if (model === undefined) throw await unknownModel(modelId, this.#ports);
    const held = this.#held.get(modelId)?.served;
    const isHeld = held?.checkpoint.checkpointId === checkpoint.checkpointId && held.model.revision === model.revision;
    const served = isHeld ? held : await this.#ready(model, checkpoint);
    this.#held.set(modelId, { served, lookedAt: this.#ports.clock.now() });
    return served;
  }

  /** Asks it once, so that nobody waits for it to be loaded. */
  async #ready(model: Model, checkpoint: Checkpoint): Promise<ServedModel> {
    const today = answersToday(checkpoint, model, this.#ports);
    const answers = new MicroBatches((inputs, alternatives) =>
      answerToday(checkpoint, today, inputs, this.#ports, { keepSplit: true, alternatives }),
    );
    await answers.ask(['ready'], 1);
    return { model, checkpoint, answers };
  }
}
