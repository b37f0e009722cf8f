import { bestTags, Lattice } from './lattice.ts';
import { entitiesIn, type TaggedEntity } from './lexicon.ts';
import { outside, stateCount } from './states.ts';
import type { TaggerLayer } from './tagger-model.ts';

/** Tags one text after the other with one layer: {@link begin}, {@link score} each feature, then {@link sum}. */
export class LayerLattice {
  readonly layer: TaggerLayer;
  readonly #states: number;
  readonly #lattice: Lattice;
  readonly #transitions: Float64Array;
  readonly #starts: Float64Array;
  #scores = new Float64Array(0);
  #tags: Uint16Array = new Uint16Array(0);
  #all = 0;

  constructor(layer: TaggerLayer) {
    this.layer = layer;
    this.#states = stateCount(layer.types.length);
    this.#lattice = new Lattice(this.#states);
    this.#transitions = layer.weights.transitions.map(Math.exp);
    this.#starts = layer.weights.starts.map(Math.exp);
  }

  begin(tokens: number): void {
    this.#scores = new Float64Array(tokens * this.#states);
  }

  /** Adds what a feature of a token says. */
  score(token: number, feature: number): void {
    const { map, weights } = this.layer;
    const scores = this.#scores;
    const base = token * this.#states;
    const end = map.starts[feature + 1] ?? 0;
    for (let slot = map.starts[feature] ?? 0; slot < end; slot++) {
      const at = base + (map.states[slot] ?? 0);
      scores[at] = (scores[at] ?? 0) + (weights.features[slot] ?? 0);
    }
  }

  sum(): void {
    this.#lattice.reserve(this.#scores.length / this.#states).set(this.#scores);
    this.#all = this.#lattice.sum(this.#transitions, this.#starts);
  }

  /** The entities of the best way to tag the text, their types by their place in the model. */
  best(): TaggedEntity[] {
    const { weights, types } = this.layer;
    const tokens = this.#scores.length / this.#states;
    this.#tags = bestTags(this.#scores, tokens, this.#states, weights.transitions, weights.starts).tags;
    return entitiesIn(this.#tags).map((one) => ({ ...one, type: types[one.type] ?? 0 }));
  }

  /** Takes an entity out of those that were the best. */
  drop({ first, last }: TaggedEntity): void {
    this.#tags.fill(outside, first, last + 1);
  }

  /** Probability that an entity stands exactly there, whatever is around it; null for a type of another layer. */
  chance({ type, first, last }: TaggedEntity): number | null {
    const own = this.layer.types.indexOf(type);
    return own < 0 ? null : this.#lattice.entity(own, first, last, this.#transitions);
  }

  /** All entities of the layer that stand somewhere with at least such a probability. */
  likely(least: number): (TaggedEntity & { readonly probability: number })[] {
    const { types } = this.layer;
    return this.#lattice.entities(least, this.#transitions).map((one) => ({ ...one, type: types[one.type] ?? 0 }));
  }

  /** Logarithm of the probability of what {@link best} found, less what was dropped. */
  logProbability(): number {
    const { transitions, starts } = this.layer.weights;
    let score = 0;
    this.#tags.forEach((tag, token) => {
      const step = token === 0 ? starts[tag] : transitions[tag * this.#states + (this.#tags[token - 1] ?? 0)];
      score += (this.#scores[token * this.#states + tag] ?? 0) + (step ?? 0);
    });
    return score - this.#all;
  }
}
