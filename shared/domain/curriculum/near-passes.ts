import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import { type Neighbour, SimilarityIndex } from '../similarity/similarity-index.ts';
import type { UsableRecord } from '../traces/trace-record.ts';
import { type Confusable, isConfusable } from './confusable.ts';

/** Up to so many passes of a facet are compared one by one; more get an index of their own. */
const fewEnoughToCompare = 2_000;

/** Finds the passes nearest to a failure that it can be confused with, by position. */
export class NearPasses {
  readonly #passes: readonly UsableRecord[];
  readonly #kind: Pick<TaskKind, 'facets'>;
  readonly #byFacet = new Map<string, number[]>();
  readonly #ofFacets = new Map<string, SimilarityIndex>();
  #all: SimilarityIndex | undefined;

  constructor(passes: readonly UsableRecord[], kind: Pick<TaskKind, 'facets'>) {
    this.#passes = passes;
    this.#kind = kind;
    passes.forEach(({ expected }, at) => {
      for (const facet of kind.facets(expected)) {
        const places = this.#byFacet.get(facet);
        if (places === undefined) this.#byFacet.set(facet, [at]);
        else places.push(at);
      }
    });
  }

  nearest(input: string, confusable: Confusable, count: number): Neighbour[] {
    if (confusable.kind !== 'with') {
      return this.#index().nearest(input, count, (at) => {
        const pass = this.#passes[at];
        return pass !== undefined && isConfusable(pass.expected, confusable, this.#kind);
      });
    }
    const places = this.#placesOf(confusable.facets);
    if (places.length <= fewEnoughToCompare) return this.#index().nearestAmong(input, places, count);
    // An index of all would have to read ever more of its entries to find enough of one facet.
    const name = confusable.facets.toSorted(compareText).join('\n');
    const index =
      this.#ofFacets.get(name) ?? new SimilarityIndex(places.map((place) => this.#passes[place]?.input ?? ''));
    this.#ofFacets.set(name, index);
    return index.nearest(input, count).map(({ index: at, similarity }) => ({ index: places[at] ?? 0, similarity }));
  }

  #index(): SimilarityIndex {
    this.#all ??= new SimilarityIndex(this.#passes.map((record) => record.input));
    return this.#all;
  }

  /** Positions of the passes with any of the facets, in order. */
  #placesOf(facets: readonly string[]): readonly number[] {
    const [only] = facets;
    if (facets.length === 1 && only !== undefined) return this.#byFacet.get(only) ?? [];
    return [...new Set(facets.flatMap((facet) => this.#byFacet.get(facet) ?? []))].sort((a, b) => a - b);
  }
}
