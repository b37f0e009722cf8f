import { insideOf, isInside, outside } from './states.ts';

/**
 * Sums over all ways to tag one text (a linear-chain conditional random field in BIO), in probability space with a scale
 * a token (Rabiner, 1989). `transitions[to × states + from]` and `starts` hold exp(weight); what BIO forbids is passed
 * over, whatever stands there.
 */
export class Lattice {
  readonly states: number;
  /** By token and state: proportional to the weight of all beginnings that end there, and of all ends from there. */
  forward = new Float64Array(0);
  backward = new Float64Array(0);
  /** exp(score) by token and state, each token's divided by its largest. */
  emissions = new Float64Array(0);
  #scales = new Float64Array(0);
  #largest = new Float64Array(0);
  readonly #incoming: Float64Array;
  tokens = 0;

  constructor(states: number) {
    this.states = states;
    this.#incoming = new Float64Array(states);
  }

  /** Makes room for a text; {@link emissions} is then to be filled with scores. */
  reserve(tokens: number): Float64Array {
    const size = tokens * this.states;
    if (this.emissions.length < size) {
      this.emissions = new Float64Array(size * 2);
      this.forward = new Float64Array(size * 2);
      this.backward = new Float64Array(size * 2);
      this.#scales = new Float64Array(tokens * 2);
      this.#largest = new Float64Array(tokens * 2);
    }
    this.tokens = tokens;
    this.emissions.fill(0, 0, size);
    return this.emissions;
  }

  /** Turns the scores in {@link emissions} into exponentials and sums; the logarithm of the whole sum. */
  sum(transitions: Float64Array, starts: Float64Array): number {
    const { states, tokens, emissions, forward, backward } = this;
    let logarithm = 0;
    for (let token = 0; token < tokens; token++) {
      const at = token * states;
      let largest = Number.NEGATIVE_INFINITY;
      for (let state = 0; state < states; state++) largest = Math.max(largest, emissions[at + state] as number);
      for (let state = 0; state < states; state++) {
        emissions[at + state] = Math.exp((emissions[at + state] as number) - largest);
      }
      this.#largest[token] = largest;
      logarithm += largest;
    }
    for (let token = 0; token < tokens; token++) {
      const at = token * states;
      let total = 0;
      for (let state = 0; state < states; state++) {
        let reach = 0;
        if (token === 0) reach = isInside(state) ? 0 : (starts[state] as number);
        else if (isInside(state)) {
          reach =
            (forward[at - states + state - 1] as number) * (transitions[state * states + state - 1] as number) +
            (forward[at - states + state] as number) * (transitions[state * states + state] as number);
        } else {
          const row = state * states;
          const before = at - states;
          for (let from = 0; from < states; from++) {
            reach += (forward[before + from] as number) * (transitions[row + from] as number);
          }
        }
        const value = reach * (emissions[at + state] as number);
        forward[at + state] = value;
        total += value;
      }
      const scale = 1 / total;
      for (let state = 0; state < states; state++) forward[at + state] = (forward[at + state] as number) * scale;
      this.#scales[token] = scale;
      logarithm -= Math.log(scale);
    }
    const last = (tokens - 1) * states;
    backward.fill(1, last, last + states);
    for (let token = tokens - 1; token > 0; token--) {
      const at = token * states;
      const before = at - states;
      backward.fill(0, before, at);
      const scale = this.#scales[token] as number;
      for (let state = 0; state < states; state++) {
        const weight = (emissions[at + state] as number) * (backward[at + state] as number) * scale;
        this.#incoming[state] = weight;
        if (weight === 0) continue;
        if (isInside(state)) {
          backward[before + state - 1] =
            (backward[before + state - 1] as number) + weight * (transitions[state * states + state - 1] as number);
          backward[before + state] =
            (backward[before + state] as number) + weight * (transitions[state * states + state] as number);
        } else {
          const row = state * states;
          for (let from = 0; from < states; from++) {
            backward[before + from] =
              (backward[before + from] as number) + weight * (transitions[row + from] as number);
          }
        }
      }
    }
    return logarithm;
  }

  /** Probability that a token has a state; after {@link sum}. */
  marginal(token: number, state: number): number {
    const at = token * this.states + state;
    return (this.forward[at] as number) * (this.backward[at] as number);
  }

  /** Adds −rate × the probability of each step between neighbours to `into`, laid out as the transitions are. */
  addSteps(transitions: Float64Array, rate: number, into: Float64Array): void {
    const { states, tokens, emissions, forward, backward } = this;
    for (let token = 1; token < tokens; token++) {
      const at = token * states;
      const before = at - states;
      const scale = (this.#scales[token] as number) * -rate;
      for (let state = 0; state < states; state++) {
        const weight = (emissions[at + state] as number) * (backward[at + state] as number) * scale;
        const row = state * states;
        if (isInside(state)) {
          for (let from = state - 1; from <= state; from++) {
            into[row + from] =
              (into[row + from] as number) +
              weight * (forward[before + from] as number) * (transitions[row + from] as number);
          }
        } else if (weight > 1e-12 || weight < -1e-12) {
          for (let from = 0; from < states; from++) {
            into[row + from] =
              (into[row + from] as number) +
              weight * (forward[before + from] as number) * (transitions[row + from] as number);
          }
        }
      }
    }
  }

  /**
   * Probability that an entity of a type stands exactly at tokens `first` to `last`, whatever is around it; after
   * {@link sum}.
   */
  entity(type: number, first: number, last: number, transitions: Float64Array): number {
    const { states, tokens, emissions, forward, backward } = this;
    const inside = insideOf(type);
    const begin = inside - 1;
    let weight = forward[first * states + begin] as number;
    for (let token = first + 1; token <= last; token++) {
      const from = token === first + 1 ? begin : inside;
      weight *=
        (transitions[inside * states + from] as number) *
        (emissions[token * states + inside] as number) *
        (this.#scales[token] as number);
    }
    const end = last === first ? begin : inside;
    if (last === tokens - 1) return Math.min(1, weight);
    // All that may come next but the same entity going on.
    let rest = backward[last * states + end] as number;
    const next = last + 1;
    rest -=
      (transitions[inside * states + end] as number) *
      (emissions[next * states + inside] as number) *
      (backward[next * states + inside] as number) *
      (this.#scales[next] as number);
    return Math.max(0, Math.min(1, weight * rest));
  }

  /**
   * All entities that stand exactly somewhere with at least such a probability, whatever is around them, in order of
   * their first token; after {@link sum}. An entity is followed as far as one that begins there may still be so likely.
   */
  entities(least: number, transitions: Float64Array): LikelyEntity[] {
    const { states, tokens, emissions, forward, backward } = this;
    const found: LikelyEntity[] = [];
    for (let first = 0; first < tokens; first++) {
      for (let type = 0; insideOf(type) < states; type++) {
        const inside = insideOf(type);
        let state = inside - 1;
        let weight = forward[first * states + state] as number;
        for (let last = first; last < tokens; last++) {
          const onwards = weight * (backward[last * states + state] as number);
          if (onwards < least) break;
          const next = last + 1;
          const step =
            next === tokens
              ? 0
              : (transitions[inside * states + state] as number) *
                (emissions[next * states + inside] as number) *
                (this.#scales[next] as number);
          const longer = step === 0 ? 0 : weight * step * (backward[next * states + inside] as number);
          const probability = Math.min(1, onwards - longer);
          if (probability >= least) found.push({ type, first, last, probability });
          weight *= step;
          state = inside;
        }
      }
    }
    return found;
  }
}

/** An entity at tokens `first` to `last`, with its probability. */
export interface LikelyEntity {
  readonly type: number;
  readonly first: number;
  readonly last: number;
  readonly probability: number;
}

/**
 * The best way to tag a text (Viterbi), with the logarithm of its weight. @param scores logarithms by token and state
 * @param transitions weights themselves, as the {@link Lattice} lays them out; `starts` alike
 */
export function bestTags(
  scores: Float64Array,
  tokens: number,
  states: number,
  transitions: Float64Array,
  starts: Float64Array,
): { readonly tags: Uint16Array; readonly score: number } {
  const best = new Float64Array(tokens * states).fill(Number.NEGATIVE_INFINITY);
  const from = new Uint16Array(tokens * states);
  for (let state = 0; state < states; state++) {
    if (!isInside(state)) best[state] = (scores[state] as number) + (starts[state] as number);
  }
  for (let token = 1; token < tokens; token++) {
    const at = token * states;
    const before = at - states;
    for (let state = 0; state < states; state++) {
      const first = isInside(state) ? state - 1 : outside;
      const last = isInside(state) ? state : states - 1;
      let top = Number.NEGATIVE_INFINITY;
      for (let previous = first; previous <= last; previous++) {
        const value = (best[before + previous] as number) + (transitions[state * states + previous] as number);
        if (value > top) {
          top = value;
          from[at + state] = previous;
        }
      }
      best[at + state] = top + (scores[at + state] as number);
    }
  }
  const tags = new Uint16Array(tokens);
  if (tokens === 0) return { tags, score: 0 };
  const last = (tokens - 1) * states;
  let state = 0;
  for (let other = 1; other < states; other++) {
    if ((best[last + other] as number) > (best[last + state] as number)) state = other;
  }
  const score = best[last + state] as number;
  for (let token = tokens - 1; token >= 0; token--) {
    tags[token] = state;
    state = from[token * states + state] as number;
  }
  return { tags, score };
}
