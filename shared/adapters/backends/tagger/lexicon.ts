import { isBegin, isInside, typeOf } from './states.ts';
import type { Token } from './tokens.ts';

const longestSurface = 6;

/**
 * The surfaces of entities that the training data names, by type: how many examples name each. A surface is the tokens
 * in lower case with a blank between them.
 */
export class Lexicon {
  readonly #types = new Map<string, Map<number, number>>();
  readonly #prefixes = new Set<string>();

  /** Counts the entities of one example, each surface once. */
  add(text: string, tokens: readonly Token[], entities: readonly TaggedEntity[]): void {
    const seen = new Set<string>();
    for (const { first, last, type } of entities) {
      if (last - first >= longestSurface) continue;
      const surface = surfaceOf(text, tokens, first, last);
      const key = `${type} ${surface}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const types = this.#types.get(surface) ?? new Map<number, number>();
      types.set(type, (types.get(type) ?? 0) + 1);
      this.#types.set(surface, types);
      for (let end = first; end <= last; end++) this.#prefixes.add(surfaceOf(text, tokens, first, end));
    }
  }

  /**
   * Marks by token: type and place of each known surface that stands there, longest first at each place.
   * @param own entities of the text itself where it is one of the examples: what it alone names is not known then
   */
  marks(text: string, tokens: readonly Token[], own: readonly TaggedEntity[]): number[][] {
    const marks: number[][] = tokens.map(() => []);
    if (this.#types.size === 0) return marks;
    const ownSurfaces = new Set(own.map(({ first, last, type }) => `${type} ${surfaceOf(text, tokens, first, last)}`));
    for (let first = 0; first < tokens.length; first++) {
      for (let last = first; last < Math.min(tokens.length, first + longestSurface); last++) {
        const surface = surfaceOf(text, tokens, first, last);
        if (!this.#prefixes.has(surface)) break;
        for (const [type, count] of this.#types.get(surface) ?? []) {
          if (count - (ownSurfaces.has(`${type} ${surface}`) ? 1 : 0) < 1) continue;
          for (let token = first; token <= last; token++) {
            const place = first === last ? 3 : token === first ? 0 : token === last ? 2 : 1;
            marks[token]?.push(type * 4 + place);
          }
        }
      }
    }
    return marks.map((each) => [...new Set(each)]);
  }

  /** Adds what another lexicon knows. @param typeOf the number that a type of the other has here */
  merge(other: Lexicon, typeOf: (type: number) => number): void {
    for (const [surface, types] of other.#types) {
      const known = this.#types.get(surface) ?? new Map<number, number>();
      for (const [type, count] of types) known.set(typeOf(type), Math.max(count, known.get(typeOf(type)) ?? 0));
      this.#types.set(surface, known);
    }
    for (const prefix of other.#prefixes) this.#prefixes.add(prefix);
  }

  /** Surfaces, each with its types and how many examples name it so. */
  entries(): [string, [number, number][]][] {
    return [...this.#types].map(([surface, types]) => [surface, [...types]]);
  }

  static from(entries: Iterable<readonly [string, readonly (readonly [number, number])[]]>): Lexicon {
    const lexicon = new Lexicon();
    for (const [surface, types] of entries) {
      lexicon.#types.set(surface, new Map(types));
      const words = surface.split(' ');
      for (let end = 1; end <= words.length; end++) lexicon.#prefixes.add(words.slice(0, end).join(' '));
    }
    return lexicon;
  }
}

function surfaceOf(text: string, tokens: readonly Token[], first: number, last: number): string {
  let surface = '';
  for (let token = first; token <= last; token++) {
    const { start, end } = tokens[token] ?? { start: 0, end: 0 };
    surface += `${token === first ? '' : ' '}${text.slice(start, end).toLowerCase()}`;
  }
  return surface;
}

/** An entity by its first and last token and the number of its type. */
export interface TaggedEntity {
  readonly first: number;
  readonly last: number;
  readonly type: number;
}

/** The entities that tags name, in order. */
export function entitiesIn(tags: ArrayLike<number>): TaggedEntity[] {
  const entities: { first: number; last: number; type: number }[] = [];
  for (let token = 0; token < tags.length; token++) {
    const tag = tags[token] ?? 0;
    if (isBegin(tag)) entities.push({ first: token, last: token, type: typeOf(tag) });
    else if (isInside(tag)) {
      const open = entities.at(-1);
      if (open !== undefined && open.last === token - 1 && open.type === typeOf(tag)) open.last = token;
    }
  }
  return entities;
}
