import type { Entity } from '../../../tasks/extraction/entity.ts';
import { LayerLattice } from './layer-lattice.ts';
import type { TaggedEntity } from './lexicon.ts';
import { meetings } from './meeting-entities.ts';
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

/** Which entities are to be named beside those of the answer, with their probability. */
export interface AskedPlaces {
  /** However unlikely they are. */
  readonly weighed: readonly Entity[];
  /** All that stand somewhere with at least this probability. */
  readonly least: number;
}

/** An entity that layers name. */
interface Found extends TaggedEntity {
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  readonly layers: LayerLattice[];
}

/** Tags texts with a trained model. */
export class Tagger {
  readonly #model: TaggerModel;
  readonly #layers: readonly LayerLattice[];
  /** Pairs of types that may share characters. */
  readonly #overlapping: ReadonlySet<string>;

  constructor(model: TaggerModel) {
    this.#model = model;
    this.#layers = model.layers.map((layer) => new LayerLattice(layer));
    this.#overlapping = new Set(model.overlapping.map((pair) => pair.join(' ')));
  }

  /**
   * Null for a text without a token.
   * @param asked names what may stand somewhere too; null for what does alone
   */
  tag(input: string, asked: AskedPlaces | null = null): TaggedText | null {
    const text = input.slice(0, mostCharacters);
    const tokens = tokensOf(text, this.#model.cutsWords);
    if (tokens.length === 0) return null;
    this.#read(text, tokens);
    const found = this.#found(tokens);
    const { threshold } = this.#model;
    const possible = asked === null ? {} : { possible: this.#possible(asked, text, tokens) };
    const without = new Set(found.filter(({ confidence }) => confidence < threshold));
    for (const one of this.#misplaced(found.filter((each) => !without.has(each)))) without.add(one);
    for (const one of without) for (const layer of one.layers) layer.drop(one);
    const entities = found
      .filter((one) => !without.has(one))
      .map(({ type, first, last, confidence }) => this.#entityAt({ type, first, last }, confidence, text, tokens));
    entities.sort((a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1));
    const logarithm = this.#layers.reduce((sum, layer) => sum + layer.logProbability(), 0);
    return { entities, confidence: Math.min(1, Math.exp(logarithm)), ...possible };
  }

  #entityAt({ type, first, last }: TaggedEntity, confidence: number, text: string, tokens: readonly Token[]): Entity {
    const start = tokens[first]?.start ?? 0;
    const end = tokens[last]?.end ?? 0;
    return { label: this.#model.types[type] ?? '', start, end, text: text.slice(start, end), confidence };
  }

  /** What is likely enough, and what is weighed, however unlikely that is. */
  #possible({ weighed, least }: AskedPlaces, text: string, tokens: readonly Token[]): readonly Entity[] {
    const likely = new Map<string, Entity>();
    for (const layer of this.#layers) {
      for (const { probability: _ofLayer, ...one } of layer.likely(least)) {
        const entity = this.#entityAt(one, this.#chance(one), text, tokens);
        likely.set(placeKey(entity), entity);
      }
    }
    const asked = weighed.filter((entity) => !likely.has(placeKey(entity)));
    return [
      ...likely.values(),
      ...asked.map((entity) => ({ ...entity, confidence: this.#probabilityOf(entity, tokens) })),
    ];
  }

  /** Of the tokens that it covers, if in part; 0 where it covers none, or nobody taught its type. */
  #probabilityOf({ label, start, end }: Entity, tokens: readonly Token[]): number {
    const type = this.#model.types.indexOf(label);
    const first = tokens.findIndex((token) => token.end > start);
    const last = tokens.findLastIndex((token) => token.start < end);
    return type < 0 || first < 0 || last < first ? 0 : this.#chance({ type, first, last });
  }

  /**
   * Probability that an entity stands exactly there, whatever is around it; null for a type that the tagger does not
   * know, and where there is no token.
   */
  chance(input: string, { label, start, end }: Pick<Entity, 'label' | 'start' | 'end'>): number | null {
    const text = input.slice(0, mostCharacters);
    const tokens = tokensOf(text, this.#model.cutsWords);
    const type = this.#model.types.indexOf(label);
    const first = tokens.findIndex((token) => token.end > start && token.start < end);
    if (type < 0 || first < 0) return null;
    const last = tokens.findLastIndex((token) => token.start < end);
    this.#read(text, tokens);
    return this.#chance({ type, first, last });
  }

  #read(text: string, tokens: readonly Token[]): void {
    const { vocabulary, lexicon } = this.#model;
    for (const layer of this.#layers) layer.begin(tokens.length);
    readFeatures(text, tokens, lexicon.marks(text, tokens, []), (token, low, high) => {
      const feature = vocabulary.find(low, high);
      if (feature < 0) return;
      for (const layer of this.#layers) layer.score(token, feature);
    });
    for (const layer of this.#layers) layer.sum();
  }

  /** What the layers name, each entity once. */
  #found(tokens: readonly Token[]): Found[] {
    const found = new Map<string, Found>();
    for (const layer of this.#layers) {
      for (const entity of layer.best()) {
        const key = `${entity.type} ${entity.first} ${entity.last}`;
        const known = found.get(key);
        if (known !== undefined) {
          known.layers.push(layer);
          continue;
        }
        found.set(key, {
          ...entity,
          start: tokens[entity.first]?.start ?? 0,
          end: tokens[entity.last]?.end ?? 0,
          confidence: this.#chance(entity),
          layers: [layer],
        });
      }
    }
    return [...found.values()];
  }

  /** That any of the layers of its type names it; they are taken for independent. */
  #chance(entity: TaggedEntity): number {
    let chance: number | null = null;
    for (const layer of this.#layers) {
      const own = layer.chance(entity);
      if (own !== null) chance = chance === null ? own : chance + own - chance * own;
    }
    return chance ?? 0;
  }

  /** Of entities that overlap as none of the examples did, those less sure. */
  #misplaced(found: readonly Found[]): Set<Found> {
    const misplaced = new Set<Found>();
    if (this.#layers.length === 1) return misplaced;
    const ordered = [...found].sort((a, b) => a.start - b.start || b.end - a.end || a.type - b.type);
    const against = new Map<Found, Found[]>();
    for (const [first, second] of meetings(ordered)) {
      const isSamePlace = first.start === second.start && first.end === second.end;
      if (this.#overlapping.has(`${first.type} ${second.type}`)) continue;
      if (isSamePlace && this.#overlapping.has(`${second.type} ${first.type}`)) continue;
      for (const one of [first, second]) {
        const others = against.get(one) ?? [];
        others.push(one === first ? second : first);
        against.set(one, others);
      }
    }
    for (const one of ordered.sort((a, b) => b.confidence - a.confidence)) {
      if (misplaced.has(one)) continue;
      for (const other of against.get(one) ?? []) misplaced.add(other);
    }
    return misplaced;
  }
}

function placeKey({ label, start, end }: Entity): string {
  return `${start} ${end} ${label}`;
}
