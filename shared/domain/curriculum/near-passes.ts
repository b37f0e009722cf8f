import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import { type Neighbour, SimilarityIndex } from '../similarity/similarity-index.ts';
import type { UsableRecord } from '../traces/trace-record.ts';
import { type Confusable, isConfusable } from './confusable.ts';

/** Passes of one facet, by position, and what finds the nearest of them. */
interface Pool {
  readonly places: number[];
  index: SimilarityIndex | undefined;
}

/**
 * Finds the passes nearest to a failure that it can be confused with. Those of each facet have an index of their own,
 * made when it is first asked: in one of all passes, a search would read ever more of the others' entries.
 */
export class NearPasses {
  /** In the order of their trace ids; positions are places in it. */
  readonly passes: readonly UsableRecord[];
  readonly #kind: Pick<TaskKind, 'facets'>;
  readonly #pools = new Map<string, Pool>();
  #all: SimilarityIndex | undefined;

  constructor(passes: readonly UsableRecord[], kind: Pick<TaskKind, 'facets'>) {
    this.passes = passes
      .filter((record) => record.verdict === 'pass')
      .sort((a, b) => compareText(a.traceId, b.traceId));
    this.#kind = kind;
    this.passes.forEach(({ expected }, at) => {
      for (const facet of kind.facets(expected)) {
        const pool = this.#pools.get(facet);
        if (pool === undefined) this.#pools.set(facet, { places: [at], index: undefined });
        else pool.places.push(at);
      }
    });
  }

  /** At most so many that share a feature with the text, most similar first, ties by position. */
  nearest(input: string, confusable: Confusable, count: number): Neighbour[] {
    if (confusable.kind !== 'with') {
      this.#all ??= this.#indexOf(this.passes.keys());
      return this.#all.nearest(input, count, (at) => this.isOne(at, confusable));
    }
    const best = new Map<number, Neighbour>();
    for (const near of confusable.facets.flatMap((facet) => this.#nearestOf(facet, input, count))) {
      if (near.similarity > (best.get(near.index)?.similarity ?? 0)) best.set(near.index, near);
    }
    return [...best.values()].sort((a, b) => b.similarity - a.similarity || a.index - b.index).slice(0, count);
  }

  /** Whether the pass at this position is confusable so. */
  isOne(at: number, confusable: Confusable): boolean {
    const pass = this.passes[at];
    return pass !== undefined && isConfusable(pass.expected, confusable, this.#kind);
  }

  #nearestOf(facet: string, input: string, count: number): Neighbour[] {
    const pool = this.#pools.get(facet);
    if (pool === undefined) return [];
    pool.index ??= this.#indexOf(pool.places);
    return pool.index
      .nearest(input, count)
      .map(({ index, similarity }) => ({ index: pool.places[index] ?? 0, similarity }));
  }

  #indexOf(places: Iterable<number>): SimilarityIndex {
    return new SimilarityIndex(Array.from(places, (place) => this.passes[place]?.input ?? ''));
  }
}

const known = new WeakMap<readonly UsableRecord[], NearPasses>();

/** The same for the same array: a run's clusters look among the same passes, and indexes take the most time. */
export function nearPassesOf(passes: readonly UsableRecord[], kind: Pick<TaskKind, 'facets'>): NearPasses {
  const found = known.get(passes) ?? new NearPasses(passes, kind);
  known.set(passes, found);
  return found;
}
