import { setImmediate as turn } from 'node:timers/promises';
import { digest } from '../../domain/base/ids.ts';
import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { wordKey } from '../../domain/base/text.ts';
import {
  fitThreshold,
  type JudgedPair,
  leastSimilarity,
  type PropagationThreshold,
  sameWordsAlone,
} from '../../domain/review/propagation-threshold.ts';
import type { ReviewItem } from '../../domain/review/review-item.ts';
import { SimilarityIndex } from '../../domain/similarity/similarity-index.ts';

export interface SimilarTrace {
  readonly item: ReviewItem;
  /** Cosine, a fraction. */
  readonly similarity: number;
}

/** Judged traces that are compared with what is most like them, to fit the threshold by. */
const mostCompared = 2_000;
const neighboursCompared = 10;
/** Other requests are let in between so many. */
const comparedAtOnce = 20;

/** The traffic of a model, searched by what texts say: words and character n-grams, weighed by TF-IDF. */
export class SimilarTraces {
  readonly #items: readonly ReviewItem[];
  readonly #index: SimilarityIndex;
  readonly #places: ReadonlyMap<string, number>;

  private constructor(items: readonly ReviewItem[], index: SimilarityIndex) {
    this.#items = items;
    this.#index = index;
    this.#places = new Map(items.map(({ traceId }, place) => [traceId, place]));
  }

  /** Made in steps, so that nobody else waits. */
  static async of(items: readonly ReviewItem[]): Promise<SimilarTraces> {
    return new SimilarTraces(
      items,
      await SimilarityIndex.gradually(
        items.map(({ input }) => input),
        () => turn(),
      ),
    );
  }

  get size(): number {
    return this.#items.length;
  }

  has(traceId: string): boolean {
    return this.#places.has(traceId);
  }

  /**
   * The traces that are at least as like a text as the threshold says, most similar first.
   * @param accept which may be named
   */
  like(
    input: string,
    { threshold }: PropagationThreshold,
    accept: (item: ReviewItem) => boolean,
  ): readonly SimilarTrace[] {
    const isAccepted = (place: number) => {
      const item = this.#items[place];
      return item !== undefined && accept(item);
    };
    const found = this.#index.atLeast(input, Math.min(threshold, 1), { accept: isAccepted });
    const key = wordKey(input);
    return this.#named(found).filter(({ item }) => threshold < 1 || wordKey(item.input) === key);
  }

  /** How like a text traces are; those that share nothing with it are left out. */
  among(input: string, items: readonly ReviewItem[]): readonly SimilarTrace[] {
    const places = items.flatMap(({ traceId }) => this.#places.get(traceId) ?? []);
    return this.#named(this.#index.nearestAmong(input, places, places.length));
  }

  /**
   * Fits from which similarity on what is right of one trace is right of another, by judged traces that are no
   * near-duplicates of each other: those are seen together anyway.
   * @param rightOf the right output of a trace; null where nobody knows
   */
  async fit(
    rightOf: (item: ReviewItem) => Output | null,
    kind: Pick<TaskKind, 'same' | 'anchored'>,
  ): Promise<PropagationThreshold> {
    // Where outputs name places, they are true of one text alone.
    if (kind.anchored) return sameWordsAlone;
    const judged = new Map(
      this.#items.flatMap((item, place): [number, Output][] => {
        const right = rightOf(item);
        return right === null ? [] : [[place, right]];
      }),
    );
    const chosen = [...judged.keys()]
      .map((place) => ({ place, hash: digest('compared', this.#items[place]?.traceId ?? '') }))
      .sort((a, b) => (a.hash < b.hash ? -1 : 1))
      .slice(0, mostCompared);
    const pairs = new Map<string, JudgedPair>();
    for (const [at, { place }] of chosen.entries()) {
      if (at % comparedAtOnce === comparedAtOnce - 1) await turn();
      const item = this.#items[place];
      const right = judged.get(place);
      if (item === undefined || right === undefined) continue;
      const isOther = (other: number) => judged.has(other) && this.#items[other]?.group !== item.group;
      for (const { index, similarity } of this.#index.nearest(item.input, neighboursCompared, isOther)) {
        const other = this.#items[index];
        const said = judged.get(index);
        if (similarity < leastSimilarity || other === undefined || said === undefined) continue;
        const key = [item.group, other.group].sort((a, b) => a - b).join(' ');
        if (!pairs.has(key)) pairs.set(key, { similarity, agrees: kind.same(right, said) === true });
      }
    }
    return fitThreshold([...pairs.values()]);
  }

  #named(found: readonly { readonly index: number; readonly similarity: number }[]): readonly SimilarTrace[] {
    return found.flatMap(({ index, similarity }) => {
      const item = this.#items[index];
      return item === undefined ? [] : [{ item, similarity }];
    });
  }
}
