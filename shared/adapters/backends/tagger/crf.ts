import { Lattice } from './lattice.ts';
import { isInside } from './states.ts';

/** Texts as numbers: tokens of text i are `starts[i]` to `starts[i + 1]`, features of token t alike. */
export interface TaggedRows {
  readonly starts: Int32Array;
  readonly featureStarts: Int32Array;
  readonly features: Int32Array;
  /** Where those features of each token end that give away which word it is; they come first. */
  readonly wordEnds: Int32Array;
  /** State of each token. */
  readonly tags: Uint16Array;
  /** Sample weight of each text. */
  readonly weights: Float64Array;
}

/** Which weights there are: those of feature f are `starts[f]` to `starts[f + 1]`, each for one state. */
export interface WeightMap {
  readonly starts: Int32Array;
  readonly states: Uint16Array;
}

export interface CrfWeights {
  /** By place in the {@link WeightMap}. */
  readonly features: Float64Array;
  /** `to × states + from`. */
  readonly transitions: Float64Array;
  readonly starts: Float64Array;
}

export interface CrfOptions {
  /** Passes over the texts; the weights are averaged over the second half of them. */
  readonly epochs: number;
  /** The loss is Σ weight · negative log-likelihood + (l2 / 2) · |weights|². */
  readonly l2: number;
  /** Step size. */
  readonly rate: number;
  /** Share of the tokens, drawn anew in each epoch, that are learnt without knowing which word they are. */
  readonly wordDropout: number;
  readonly random: () => number;
  /** Puts the texts in the order of an epoch. */
  readonly order: (texts: Int32Array) => void;
  /** @param loss mean negative log-likelihood a text, in nats */
  readonly onEpoch: (done: number, total: number, loss: number) => void;
}

/** The pairs of feature and state that the rows show. */
export function weightMap(rows: TaggedRows, features: number): WeightMap {
  const sets = Array.from({ length: features }, () => new Set<number>());
  rows.tags.forEach((tag, token) => {
    for (let at = rows.featureStarts[token] ?? 0; at < (rows.featureStarts[token + 1] ?? 0); at++) {
      sets[rows.features[at] ?? 0]?.add(tag);
    }
  });
  const starts = new Int32Array(features + 1);
  sets.forEach((states, feature) => {
    starts[feature + 1] = (starts[feature] ?? 0) + states.size;
  });
  return { starts, states: Uint16Array.from(sets.flatMap((states) => [...states].sort((a, b) => a - b))) };
}

/**
 * Fits by AdaGrad (Duchi et al. 2011) with L2, averaged over the last half of the epochs.
 */
export function fitCrf(rows: TaggedRows, map: WeightMap, states: number, options: CrfOptions): CrfWeights {
  const { epochs, l2, rate } = options;
  const size = map.states.length;
  const w = new Float64Array(size);
  const g2 = new Float64Array(size).fill(1);
  const seen = new Int32Array(size);
  const transitions = new Float64Array(states * states);
  const tg2 = new Float64Array(states * states).fill(1);
  const starts = new Float64Array(states);
  const sg2 = new Float64Array(states).fill(1);
  const expTransitions = new Float64Array(states * states);
  const expStarts = new Float64Array(states);
  const gradient = new Float64Array(states * states);
  const lattice = new Lattice(states);
  const texts = rows.weights.length;
  const order = Int32Array.from({ length: texts }, (_, text) => text);
  const lambda = l2 / texts;
  const sum = new Float64Array(size);
  const tsum = new Float64Array(states * states);
  const ssum = new Float64Array(states);
  let averaged = 0;
  let begins = new Int32Array(64);
  let step = 0;
  const refreshed = (): void => {
    for (let at = 0; at < expTransitions.length; at++) expTransitions[at] = Math.exp(transitions[at] as number);
    for (let at = 0; at < states; at++) expStarts[at] = Math.exp(starts[at] as number);
  };
  refreshed();
  for (let epoch = 0; epoch < epochs; epoch++) {
    options.order(order);
    let loss = 0;
    for (const text of order) {
      step++;
      const from = rows.starts[text] as number;
      const to = rows.starts[text + 1] as number;
      const tokens = to - from;
      if (tokens === 0) continue;
      const weight = rows.weights[text] as number;
      const scores = lattice.reserve(tokens);
      if (begins.length < tokens) begins = new Int32Array(tokens * 2);
      for (let token = 0; token < tokens; token++) {
        const known = options.wordDropout === 0 || options.random() >= options.wordDropout;
        begins[token] = (known ? rows.featureStarts[from + token] : rows.wordEnds[from + token]) as number;
      }
      let gold = 0;
      for (let token = 0; token < tokens; token++) {
        const base = token * states;
        const end = rows.featureStarts[from + token + 1] as number;
        for (let at = begins[token] as number; at < end; at++) {
          const feature = rows.features[at] as number;
          const last = map.starts[feature + 1] as number;
          for (let slot = map.starts[feature] as number; slot < last; slot++) {
            // L2 of the steps in which it did not occur.
            const idle = step - (seen[slot] as number);
            if (idle > 0) {
              if (lambda > 0)
                w[slot] = (w[slot] as number) * Math.max(0, 1 - (lambda * idle * rate) / Math.sqrt(g2[slot] as number));
              seen[slot] = step;
            }
            const state = map.states[slot] as number;
            scores[base + state] = (scores[base + state] as number) + (w[slot] as number);
          }
        }
        gold += scores[base + (rows.tags[from + token] as number)] as number;
      }
      gold += starts[rows.tags[from] as number] as number;
      for (let token = 1; token < tokens; token++)
        gold += transitions[
          (rows.tags[from + token] as number) * states + (rows.tags[from + token - 1] as number)
        ] as number;
      loss += weight * (lattice.sum(expTransitions, expStarts) - gold);
      const { forward, backward } = lattice;
      for (let token = 0; token < tokens; token++) {
        const base = token * states;
        const tag = rows.tags[from + token] as number;
        const end = rows.featureStarts[from + token + 1] as number;
        for (let at = begins[token] as number; at < end; at++) {
          const feature = rows.features[at] as number;
          const last = map.starts[feature + 1] as number;
          for (let slot = map.starts[feature] as number; slot < last; slot++) {
            const state = map.states[slot] as number;
            const g =
              weight *
              ((state === tag ? 1 : 0) - (forward[base + state] as number) * (backward[base + state] as number));
            if (g < 1e-6 && g > -1e-6) continue;
            const q = (g2[slot] as number) + g * g;
            g2[slot] = q;
            w[slot] = (w[slot] as number) + (rate * g) / Math.sqrt(q);
          }
        }
      }
      gradient.fill(0);
      lattice.addSteps(expTransitions, weight, gradient);
      for (let token = 1; token < tokens; token++) {
        const at = (rows.tags[from + token] as number) * states + (rows.tags[from + token - 1] as number);
        gradient[at] = (gradient[at] as number) + weight;
      }
      for (let at = 0; at < gradient.length; at++) {
        const g = gradient[at] as number;
        if (g < 1e-6 && g > -1e-6) continue;
        const q = (tg2[at] as number) + g * g;
        tg2[at] = q;
        const value = (transitions[at] as number) * (1 - (lambda * rate) / Math.sqrt(q)) + (rate * g) / Math.sqrt(q);
        transitions[at] = value;
        expTransitions[at] = Math.exp(value);
      }
      for (let state = 0; state < states; state++) {
        if (isInside(state)) continue;
        const g = weight * ((state === (rows.tags[from] as number) ? 1 : 0) - lattice.marginal(0, state));
        const q = (sg2[state] as number) + g * g;
        sg2[state] = q;
        starts[state] = (starts[state] as number) + (rate * g) / Math.sqrt(q);
        expStarts[state] = Math.exp(starts[state] as number);
      }
    }
    if (epoch >= epochs / 2) {
      averaged++;
      for (let slot = 0; slot < size; slot++) {
        const idle = step - (seen[slot] as number);
        const value =
          lambda > 0
            ? (w[slot] as number) * Math.max(0, 1 - (lambda * idle * rate) / Math.sqrt(g2[slot] as number))
            : (w[slot] as number);
        w[slot] = value;
        seen[slot] = step;
        sum[slot] = (sum[slot] as number) + value;
      }
      for (let at = 0; at < tsum.length; at++) tsum[at] = (tsum[at] as number) + (transitions[at] as number);
      for (let at = 0; at < states; at++) ssum[at] = (ssum[at] as number) + (starts[at] as number);
    }
    options.onEpoch(epoch + 1, epochs, loss / texts);
  }
  return {
    features: sum.map((value) => value / averaged),
    transitions: tsum.map((value) => value / averaged),
    starts: ssum.map((value) => value / averaged),
  };
}
