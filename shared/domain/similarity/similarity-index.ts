import {
  centroidOf,
  count,
  Features,
  featuresOf,
  piecesOf,
  type SparseVector,
  strongestFeatures,
  type Weighing,
  weigh,
  wordMark,
} from './text-vectors.ts';

/** A text of the index, by its position, with its cosine to what was asked for. */
export interface Neighbour {
  readonly index: number;
  /** Cosine, above 0, at most 1. */
  readonly similarity: number;
}

/** Inverted-list entries a query reads before it settles for its rarest features and re-ranks what they found. */
const postingBudget = 30_000;

/** Weights are stored in single precision. */
const roundingSlack = 1e-5;

/** What an index is made of. */
interface IndexParts {
  readonly size: number;
  readonly features: Features;
  readonly weighing: Weighing;
  /** Where the features of each text begin, and after the last one the end. */
  readonly textStart: Uint32Array;
  readonly textFeatures: Uint32Array;
  readonly textWeights: Float32Array;
  /** Where the texts of each feature begin. */
  readonly postingStart: Uint32Array;
  readonly postingTexts: Uint32Array;
  readonly postingWeights: Float32Array;
}

/** So many texts make a step. */
const textsAtOnce = 500;

/** Makes an index, a step at a time. What millions of texts have is kept in few large arrays. */
function* indexParts(texts: readonly string[]): Generator<void, IndexParts> {
  const size = texts.length;
  const features = new Features();
  const ids = new GrowingArray(Uint32Array);
  const frequencies = new GrowingArray(Uint16Array);
  const start = new Uint32Array(size + 1);
  for (const [index, text] of texts.entries()) {
    if (index % textsAtOnce === textsAtOnce - 1) yield;
    const counts = count(piecesOf(text).flatMap((word) => features.learn(word)));
    ids.append(counts.ids);
    frequencies.append(counts.frequencies);
    start[index + 1] = ids.length;
  }
  const frequency = new Uint32Array(features.size);
  for (const id of ids.values()) frequency[id] = (frequency[id] ?? 0) + 1;
  const weighing = {
    idf: Float64Array.from(frequency, (df) => Math.log((1 + size) / (1 + df)) + 1),
    unknownIdf: Math.log(1 + size) + 1,
    isWord: features.words(),
  };

  const textStart = new Uint32Array(size + 1);
  for (let index = 0; index < size; index += 1) {
    const length = (start[index + 1] ?? 0) - (start[index] ?? 0);
    textStart[index + 1] = (textStart[index] ?? 0) + Math.min(length, strongestFeatures);
  }
  const total = textStart[size] ?? 0;
  const textFeatures = new Uint32Array(total);
  const textWeights = new Float32Array(total);
  const postingStart = new Uint32Array(features.size + 1);
  for (let index = 0; index < size; index += 1) {
    if (index % textsAtOnce === textsAtOnce - 1) yield;
    const [from, to] = [start[index] ?? 0, start[index + 1] ?? 0];
    const counts = { ids: ids.values().subarray(from, to), frequencies: frequencies.values().subarray(from, to) };
    const vector = weigh(counts, weighing, 0, 0);
    textFeatures.set(vector.features, textStart[index]);
    textWeights.set(vector.weights, textStart[index]);
    for (const id of vector.features) postingStart[id + 1] = (postingStart[id + 1] ?? 0) + 1;
  }
  for (let id = 0; id < features.size; id += 1)
    postingStart[id + 1] = (postingStart[id + 1] ?? 0) + (postingStart[id] ?? 0);
  const postingTexts = new Uint32Array(total);
  const postingWeights = new Float32Array(total);
  const next = postingStart.slice();
  for (let index = 0; index < size; index += 1) {
    if (index % textsAtOnce === textsAtOnce - 1) yield;
    const end = textStart[index + 1] ?? 0;
    for (let at = textStart[index] ?? 0; at < end; at += 1) {
      const id = textFeatures[at] ?? 0;
      const slot = next[id] ?? 0;
      next[id] = slot + 1;
      postingTexts[slot] = index;
      postingWeights[slot] = textWeights[at] ?? 0;
    }
  }
  return { size, features, weighing, textStart, textFeatures, textWeights, postingStart, postingTexts, postingWeights };
}

function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Whole numbers that are added at the end. */
class GrowingArray<A extends Uint32Array | Uint16Array> {
  readonly #make: new (
    length: number,
  ) => A;
  #values: A;
  length = 0;

  constructor(make: new (length: number) => A) {
    this.#make = make;
    this.#values = new make(1 << 16);
  }

  append(values: ArrayLike<number>): void {
    const length = this.length + values.length;
    if (length > this.#values.length) {
      const larger = new this.#make(Math.max(length, 2 * this.#values.length));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values.set(values, this.length);
    this.length = length;
  }

  values(): A {
    return this.#values.subarray(0, this.length) as A;
  }
}

/**
 * Finds the texts most like a given one: cosine of TF-IDF vectors, half words and half character 3–4-grams inside words
 * (each half of L2 norm 1; sublinear term frequency, smoothed inverse document frequency). An unknown word counts
 * against similarity. Inverted lists in typed arrays; in large indexes a query reads its rarest features first and
 * re-ranks what they found, so that its cost stays bounded. Equal input gives equal answers; ties go to the lower
 * index.
 */
export class SimilarityIndex {
  readonly size: number;
  readonly #features: Features;
  readonly #weighing: Weighing;
  readonly #textStart: Uint32Array;
  readonly #textFeatures: Uint32Array;
  readonly #textWeights: Float32Array;
  readonly #postingStart: Uint32Array;
  readonly #postingTexts: Uint32Array;
  readonly #postingWeights: Float32Array;
  readonly #score: Float64Array;
  readonly #touched: Uint32Array;
  readonly #dense: Float32Array;

  /** @param texts what is searched; a result's `index` is a position in it. Texts without a word are never found. */
  constructor(texts: readonly string[] | IndexParts) {
    const parts = 'postingTexts' in texts ? texts : atOnce(indexParts(texts));
    this.size = parts.size;
    this.#features = parts.features;
    this.#weighing = parts.weighing;
    this.#textStart = parts.textStart;
    this.#textFeatures = parts.textFeatures;
    this.#textWeights = parts.textWeights;
    this.#postingStart = parts.postingStart;
    this.#postingTexts = parts.postingTexts;
    this.#postingWeights = parts.postingWeights;
    this.#score = new Float64Array(this.size);
    this.#touched = new Uint32Array(this.size);
    this.#dense = new Float32Array(this.features);
  }

  /** The same index, made in small steps: others get their turn between them. */
  static async gradually(texts: readonly string[], turn: () => Promise<void>): Promise<SimilarityIndex> {
    const steps = indexParts(texts);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return new SimilarityIndex(step.value);
      await turn();
    }
  }

  /** How many features there are: ids of vectors lie below it. */
  get features(): number {
    return this.#weighing.idf.length;
  }

  /** The vector of a text of the index. */
  vector(index: number): SparseVector {
    const start = this.#textStart[index] ?? 0;
    const end = this.#textStart[index + 1] ?? start;
    return { features: this.#textFeatures.subarray(start, end), weights: this.#textWeights.subarray(start, end) };
  }

  /**
   * The vector of any text, in the features of this index. Unknown words have no feature but take their part of the
   * norm, so it may lie below 1.
   */
  embed(text: string): SparseVector {
    const known: number[] = [];
    const unknown = new Map<string, number>();
    for (const word of piecesOf(text)) {
      const learnt = this.#features.ofWord(word);
      if (learnt !== undefined) {
        for (const id of learnt) known.push(id);
        continue;
      }
      for (const name of featuresOf(word)) {
        const id = this.#features.id(name);
        if (id === undefined) unknown.set(name, (unknown.get(name) ?? 0) + 1);
        else known.push(id);
      }
    }
    let words = 0;
    let characters = 0;
    for (const [name, frequency] of unknown) {
      const square = ((1 + Math.log(frequency)) * this.#weighing.unknownIdf) ** 2;
      if (name.startsWith(wordMark)) words += square;
      else characters += square;
    }
    return weigh(count(known), this.#weighing, words, characters);
  }

  /** The L2-normalised mean of the vectors of these texts; empty for none. */
  centroid(indices: Iterable<number>): SparseVector {
    return centroidOf(Iterator.from(indices).map((index) => this.vector(index)));
  }

  /**
   * The texts most like this one, most similar first, ties by index; fewer than `k` when no others share a feature.
   * @param accept which indices may be named; all by default
   */
  nearest(text: string, k: number, accept?: (index: number) => boolean): Neighbour[] {
    return this.nearestTo(this.embed(text), k, accept);
  }

  /**
   * As {@link nearest} among the given texts of the index alone, exactly; the cheaper way when they are a small part of
   * it. Texts that share no feature are left out here too.
   */
  nearestAmong(text: string, candidates: readonly number[], k: number): Neighbour[] {
    return this.#rerank(
      this.embed(text),
      candidates.map((index) => ({ index, similarity: 0 })),
    )
      .filter(({ similarity }) => similarity > 0)
      .slice(0, Math.max(0, k))
      .map(({ index, similarity }) => ({ index, similarity: Math.min(1, similarity) }));
  }

  /** As {@link nearest}, for a vector of this index: that of one of its texts, or a centroid. */
  nearestTo(vector: SparseVector, k: number, accept?: (index: number) => boolean): Neighbour[] {
    if (k < 1) return [];
    const order = Array.from(vector.features, (_, at) => at).sort(
      (a, b) => this.#length(vector, a) - this.#length(vector, b) || a - b,
    );
    let touched = 0;
    let read = 0;
    let done = 0;
    let found: Neighbour[] = [];
    const score = this.#score;
    const touch = this.#touched;
    const accumulate = (budget: number): void => {
      while (done < order.length) {
        const at = order[done] ?? 0;
        const length = this.#length(vector, at);
        if (read > 0 && read + length > budget) break;
        read += length;
        done += 1;
        const id = vector.features[at] ?? 0;
        const weight = vector.weights[at] ?? 0;
        const end = this.#postingStart[id + 1] ?? 0;
        for (let slot = this.#postingStart[id] ?? 0; slot < end; slot += 1) {
          const index = this.#postingTexts[slot] ?? 0;
          const before = score[index] ?? 0;
          if (before === 0) {
            touch[touched] = index;
            touched += 1;
          }
          score[index] = before + weight * (this.#postingWeights[slot] ?? 0);
        }
      }
    };
    accumulate(postingBudget);
    found = this.#best(touched, done < order.length ? Math.max(8 * k, 128) : k, accept);
    if (done < order.length && found.length < k) {
      accumulate(Number.POSITIVE_INFINITY);
      found = this.#best(touched, k, accept);
    }
    for (let at = 0; at < touched; at += 1) score[touch[at] ?? 0] = 0;
    if (done < order.length) found = this.#rerank(vector, found).slice(0, k);
    return found.map(({ index, similarity }) => ({ index, similarity: Math.min(1, similarity) }));
  }

  /**
   * All texts of at least this similarity, most similar first, ties by index; no more than `most` of them. Exact, by prefix
   * filtering: what the features add that would cost most to read cannot reach the threshold by themselves, since both vectors are of
   * norm 1, so that only texts are looked at that share one of the others.
   * @param threshold above 0
   * @param accept which indices may be named; all by default
   */
  atLeast(
    text: string,
    threshold: number,
    { most = Number.POSITIVE_INFINITY, accept }: { most?: number; accept?: (index: number) => boolean } = {},
  ): Neighbour[] {
    const vector = this.embed(text);
    const cost = (at: number): number => this.#length(vector, at) / (vector.weights[at] ?? 1) ** 2;
    const order = Array.from(vector.features, (_, at) => at).sort((a, b) => cost(a) - cost(b) || a - b);
    const least = threshold - roundingSlack;
    let rest = vector.weights.reduce((sum, weight) => sum + weight * weight, 0);
    if (Math.sqrt(rest) < least) return [];
    const score = this.#score;
    const touch = this.#touched;
    let touched = 0;
    for (const at of order) {
      if (Math.sqrt(Math.max(0, rest)) < least) break;
      const id = vector.features[at] ?? 0;
      const weight = vector.weights[at] ?? 0;
      rest -= weight * weight;
      const end = this.#postingStart[id + 1] ?? 0;
      for (let slot = this.#postingStart[id] ?? 0; slot < end; slot += 1) {
        const index = this.#postingTexts[slot] ?? 0;
        const before = score[index] ?? 0;
        if (before === 0) {
          touch[touched] = index;
          touched += 1;
        }
        score[index] = before + weight * (this.#postingWeights[slot] ?? 0);
      }
    }
    const unread = Math.sqrt(Math.max(0, rest));
    const found: Neighbour[] = [];
    this.#spread(vector);
    for (let at = 0; at < touched; at += 1) {
      const index = touch[at] ?? 0;
      const isPossible = (score[index] ?? 0) + unread >= least;
      score[index] = 0;
      if (!isPossible) continue;
      const similarity = this.#similarity(index);
      if (similarity >= least && (accept === undefined || accept(index))) {
        found.push({ index, similarity: Math.min(1, similarity) });
      }
    }
    this.#clear(vector);
    return found.sort((a, b) => b.similarity - a.similarity || a.index - b.index).slice(0, most);
  }

  /** Length of the inverted list behind a vector's feature. */
  #length(vector: SparseVector, at: number): number {
    const id = vector.features[at] ?? 0;
    return (this.#postingStart[id + 1] ?? 0) - (this.#postingStart[id] ?? 0);
  }

  /** The `k` best-scored of the first `touched` texts that are accepted, best first. */
  #best(touched: number, k: number, accept: ((index: number) => boolean) | undefined): Neighbour[] {
    const heap: Neighbour[] = [];
    const worse = (a: Neighbour, b: Neighbour): boolean =>
      a.similarity < b.similarity || (a.similarity === b.similarity && a.index > b.index);
    let least = 0;
    for (let at = 0; at < touched; at += 1) {
      const index = this.#touched[at] ?? 0;
      const similarity = this.#score[index] ?? 0;
      if (similarity < least) continue;
      const root = heap[0];
      const full = heap.length >= k && root !== undefined;
      if (full && similarity === least && index > root.index) continue;
      if (accept !== undefined && !accept(index)) continue;
      if (full) siftDown(heap, { index, similarity }, worse);
      else siftUp(heap, { index, similarity }, worse);
      if (heap.length >= k) least = heap[0]?.similarity ?? 0;
    }
    return heap.sort((a, b) => b.similarity - a.similarity || a.index - b.index);
  }

  /** The candidates by their exact cosine. */
  #rerank(vector: SparseVector, candidates: readonly Neighbour[]): Neighbour[] {
    this.#spread(vector);
    const exact = candidates.map(({ index }) => ({ index, similarity: this.#similarity(index) }));
    this.#clear(vector);
    return exact.sort((a, b) => b.similarity - a.similarity || a.index - b.index);
  }

  /** Lays a vector out, for {@link #similarity}. */
  #spread(vector: SparseVector): void {
    vector.features.forEach((id, at) => {
      this.#dense[id] = vector.weights[at] ?? 0;
    });
  }

  #clear(vector: SparseVector): void {
    for (const id of vector.features) this.#dense[id] = 0;
  }

  /** The exact cosine of a text to the vector that is laid out. */
  #similarity(index: number): number {
    let similarity = 0;
    const end = this.#textStart[index + 1] ?? 0;
    for (let at = this.#textStart[index] ?? 0; at < end; at += 1) {
      similarity += (this.#textWeights[at] ?? 0) * (this.#dense[this.#textFeatures[at] ?? 0] ?? 0);
    }
    return similarity;
  }
}

function siftUp<T>(heap: T[], entry: T, before: (a: T, b: T) => boolean): void {
  let at = heap.length;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !before(entry, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

/** Replaces the root. */
function siftDown<T>(heap: T[], entry: T, before: (a: T, b: T) => boolean): void {
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    let child = heap[below];
    const right = heap[below + 1];
    if (child !== undefined && right !== undefined && before(right, child)) {
      below += 1;
      child = right;
    }
    if (child === undefined || !before(child, entry)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = entry;
}
