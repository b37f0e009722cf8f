import type { Prediction } from '../ports/predictor.ts';

type Predict = (inputs: readonly string[], alternatives: number) => Promise<readonly Prediction[]>;

interface Asked {
  readonly inputs: readonly string[];
  readonly alternatives: number;
  readonly answer: PromiseWithResolvers<readonly Prediction[]>;
}

/** Inputs asked of the predictor at once. */
const mostInputs = 256;
/** Calls under way: one is worked on while the next is made ready. */
const lanes = 2;

/** Answers inputs that come at about the same time in one call of the predictor: a call costs far more than an input. */
export class MicroBatches {
  readonly #predict: Predict;
  #queue: Asked[] = [];
  #working = 0;
  #waiting = 0;

  constructor(predict: Predict) {
    this.#predict = predict;
  }

  /** Inputs that are not answered yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The answers in order, with at least so many alternatives as far as there are any. @throws what the predictor does */
  ask(inputs: readonly string[], alternatives: number): Promise<readonly Prediction[]> {
    const answer = Promise.withResolvers<readonly Prediction[]>();
    this.#queue.push({ inputs, alternatives, answer });
    this.#waiting += inputs.length;
    // Whatever else has come by the end of this turn goes along.
    if (this.#working < lanes) {
      this.#working += 1;
      setImmediate(() => void this.#work());
    }
    return answer.promise;
  }

  async #work(): Promise<void> {
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) await this.#answer(batch);
    this.#working -= 1;
  }

  #take(): readonly Asked[] {
    const batch: Asked[] = [];
    let size = 0;
    while (this.#queue.length > 0 && size < mostInputs) {
      const [next] = this.#queue.splice(0, 1);
      if (next === undefined) break;
      batch.push(next);
      size += next.inputs.length;
    }
    return batch;
  }

  async #answer(batch: readonly Asked[]): Promise<void> {
    const inputs = batch.flatMap((asked) => asked.inputs);
    try {
      const predictions = await this.#predict(inputs, Math.max(...batch.map(({ alternatives }) => alternatives)));
      let at = 0;
      for (const asked of batch) {
        asked.answer.resolve(predictions.slice(at, at + asked.inputs.length));
        at += asked.inputs.length;
      }
    } catch (error) {
      for (const asked of batch) asked.answer.reject(error);
    } finally {
      this.#waiting -= inputs.length;
    }
  }
}
