import { namedFrom } from '../../../domain/triage/likely-place.ts';
import { type Entity, entityKey } from '../../../tasks/extraction/entity.ts';
import { bestTags, Lattice } from './lattice.ts';
import { entitiesIn } from './lexicon.ts';
import { outside, stateCount } from './states.ts';
import type { TaggerModel } from './tagger-model.ts';
import { readFeatures } from './token-features.ts';
import { mostCharacters, type Token, tokensOf } from './tokens.ts';

/** The entities of a text, in order, and the probability that they are all right and complete. */
export interface TaggedText {
  readonly entities: readonly Entity[];
  readonly confidence: number;
  /** Every entity that may stand somewhere, where that was asked for. */
  readonly possible?: readonly Entity[];
}

/** Tags texts with a trained model. */
export class Tagger {
  readonly #model: TaggerModel;
  readonly #states: number;
  readonly #lattice: Lattice;
  readonly #transitions: Float64Array;
  readonly #starts: Float64Array;

  constructor(model: TaggerModel) {
    this.#model = model;
    this.#states = stateCount(model.types.length);
    this.#lattice = new Lattice(this.#states);
    this.#transitions = model.weights.transitions.map(Math.exp);
    this.#starts = model.weights.starts.map(Math.exp);
  }

  /**
   * Null for a text without a token.
   * @param weighed entities to name with their probability, beside all that may stand somewhere; null names neither
   */
  tag(input: string, weighed: readonly Entity[] | null = null): TaggedText | null {
    const text = input.slice(0, mostCharacters);
    const tokens = tokensOf(text);
    if (tokens.length === 0) return null;
    const { weights, types, threshold } = this.#model;
    const states = this.#states;
    const scores = this.#scoresOf(text, tokens);
    const { tags } = bestTags(scores, tokens.length, states, weights.transitions, weights.starts);
    this.#lattice.reserve(tokens.length).set(scores);
    const all = this.#lattice.sum(this.#transitions, this.#starts);
    const entities: Entity[] = [];
    for (const { first, last, type } of entitiesIn(tags)) {
      const confidence = this.#lattice.entity(type, first, last, this.#transitions);
      if (confidence < threshold) {
        tags.fill(outside, first, last + 1);
        continue;
      }
      entities.push(entityAt(type, first, last, confidence));
    }
    return {
      entities,
      confidence: Math.min(1, Math.exp(this.#scoreOf(tags, scores) - all)),
      ...(weighed === null ? {} : { possible: this.#possible(weighed, tokens, entityAt) }),
    };

    function entityAt(type: number, first: number, last: number, confidence: number): Entity {
      const start = tokens[first]?.start ?? 0;
      const end = tokens[last]?.end ?? 0;
      return { label: types[type] ?? '', start, end, text: text.slice(start, end), confidence };
    }
  }

  /** What is likely enough, and what is weighed, however unlikely that is. */
  #possible(
    weighed: readonly Entity[],
    tokens: readonly Token[],
    entityAt: (type: number, first: number, last: number, confidence: number) => Entity,
  ): readonly Entity[] {
    const likely = this.#lattice
      .entities(namedFrom, this.#transitions)
      .map(({ type, first, last, probability }) => entityAt(type, first, last, probability));
    const known = new Set(likely.map(entityKey));
    const asked = weighed.filter((entity) => !known.has(entityKey(entity)));
    return [...likely, ...asked.map((entity) => ({ ...entity, confidence: this.#probabilityOf(entity, tokens) }))];
  }

  /** Of the tokens that it covers, if in part; 0 where it covers none, or nobody taught its type. */
  #probabilityOf({ label, start, end }: Entity, tokens: readonly Token[]): number {
    const type = this.#model.types.indexOf(label);
    const first = tokens.findIndex((token) => token.end > start);
    const last = tokens.findLastIndex((token) => token.start < end);
    return type < 0 || first < 0 || last < first ? 0 : this.#lattice.entity(type, first, last, this.#transitions);
  }

  /**
   * Probability that an entity stands exactly there, whatever is around it; null for a type that the tagger does not
   * know, and where there is no token.
   */
  chance(input: string, { label, start, end }: Pick<Entity, 'label' | 'start' | 'end'>): number | null {
    const text = input.slice(0, mostCharacters);
    const tokens = tokensOf(text);
    const type = this.#model.types.indexOf(label);
    const first = tokens.findIndex((token) => token.end > start && token.start < end);
    if (type < 0 || first < 0) return null;
    const last = tokens.findLastIndex((token) => token.start < end);
    this.#lattice.reserve(tokens.length).set(this.#scoresOf(text, tokens));
    this.#lattice.sum(this.#transitions, this.#starts);
    return this.#lattice.entity(type, first, last, this.#transitions);
  }

  /** Logarithms by token and state. */
  #scoresOf(text: string, tokens: readonly Token[]): Float64Array {
    const { vocabulary, map, weights, lexicon } = this.#model;
    const states = this.#states;
    const scores = new Float64Array(tokens.length * states);
    readFeatures(text, tokens, lexicon.marks(text, tokens, null), (token, low, high) => {
      const feature = vocabulary.find(low, high);
      if (feature < 0) return;
      for (let slot = map.starts[feature] ?? 0; slot < (map.starts[feature + 1] ?? 0); slot++) {
        const at = token * states + (map.states[slot] ?? 0);
        scores[at] = (scores[at] ?? 0) + (weights.features[slot] ?? 0);
      }
    });
    return scores;
  }

  #scoreOf(tags: Uint16Array, scores: Float64Array): number {
    const { transitions, starts } = this.#model.weights;
    let score = 0;
    tags.forEach((tag, token) => {
      const step = token === 0 ? starts[tag] : transitions[tag * this.#states + (tags[token - 1] ?? 0)];
      score += (scores[token * this.#states + tag] ?? 0) + (step ?? 0);
    });
    return score;
  }
}
