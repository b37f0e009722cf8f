import { elapsed } from '../domain/base/elapsed.ts';
import type { CalibrationMap } from '../domain/evaluation/calibration.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import { type Watch, watchOf } from '../domain/models/control.ts';
import type { Model } from '../domain/models/model.ts';
import { chooseCheckpoint } from '../operations/choose-checkpoint.ts';
import { readCalibrationMap } from '../operations/read-calibration.ts';
import { answersToday, answerToday } from '../ports/answer-today.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { MicroBatches } from './micro-batches.ts';

/** A checkpoint that answers. */
export interface Answering {
  readonly checkpoint: Checkpoint;
  readonly answers: MicroBatches;
  /** How its confidences read as shares of right answers; null where no run has found it. */
  readonly calibration: CalibrationMap | null;
}

/** A model as it answers now: by its champion. */
export interface ServedModel extends Answering {
  readonly model: Model;
  /** While the champion is tried out: the share of the inputs that it answers, and what answers the rest. */
  readonly canary: { readonly share: number; readonly predecessor: Answering } | null;
}

/** What answers the next input: the champion, or by lot its predecessor while the champion is tried out. */
export function drawAnswering(served: ServedModel, lot: () => number): Answering {
  const { canary } = served;
  return canary === null || lot() < canary.share ? served : canary.predecessor;
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
    return [...this.#held.values()].reduce((sum, { served }) => sum + waitingOf(served), 0);
  }

  /** @throws RatchetError UnknownModel, NoChampion, and what reading it throws where nothing is held */
  async get(modelId: string): Promise<ServedModel> {
    const held = this.#held.get(modelId);
    if (held === undefined) return this.#look(modelId);
    if (elapsed(held.lookedAt, this.#ports.clock.now()) <= freshMs || this.#looking.has(modelId)) return held.served;
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
    const [model, control, checkpoint] = await Promise.all([
      this.#ports.lineage.getModel(modelId),
      this.#ports.lineage.getControl(modelId),
      chooseCheckpoint(modelId, null, this.#ports),
    ]);
    if (model === undefined) throw await unknownModel(modelId, this.#ports);
    const watch = control?.championId === checkpoint.checkpointId ? watchOf(control, model.settings) : null;
    const held = this.#held.get(modelId)?.served;
    const known = held?.model.revision === model.revision ? held : undefined;
    const { answers, calibration } = await this.#answering(checkpoint.checkpointId, model, known);
    const canary = watch === null ? null : await this.#canary(watch, model, known);
    const served = { model, checkpoint, answers, calibration, canary };
    this.#held.set(modelId, { served, lookedAt: this.#ports.clock.now() });
    return served;
  }

  async #canary({ share, held, predecessor }: Watch, model: Model, known: ServedModel | undefined) {
    if (share === null || held !== null) return null;
    return { share, predecessor: await this.#answering(predecessor, model, known) };
  }

  /** What answers with a checkpoint, that which is held where there is one. */
  async #answering(checkpointId: string, model: Model, held: ServedModel | undefined): Promise<Answering> {
    const known = [held, held?.canary?.predecessor].find((one) => one?.checkpoint.checkpointId === checkpointId);
    if (known !== undefined) return known;
    return this.#ready(model, await chooseCheckpoint(model.modelId, checkpointId, this.#ports));
  }

  /** Asks it once, so that nobody waits for it to be loaded. */
  async #ready(model: Model, checkpoint: Checkpoint): Promise<Answering> {
    const today = answersToday(checkpoint, model, this.#ports);
    const answers = new MicroBatches((inputs, alternatives) =>
      answerToday(checkpoint, today, inputs, this.#ports, { keepSplit: true, alternatives }),
    );
    await answers.ask(['ready'], 1);
    // What cannot be read is left out: it is beside the answer.
    const calibration = await readCalibrationMap(model.modelId, checkpoint.checkpointId, this.#ports).catch(() => null);
    return { checkpoint, answers, calibration };
  }
}

/** Inputs of a model that are not answered yet. */
export function waitingOf({ answers, canary }: ServedModel): number {
  return answers.waiting + (canary?.predecessor.answers.waiting ?? 0);
}
