import { type Counts, centroidOf, count, Features, piecesOf, type SparseVector, weigh } from './text-vectors.ts';

/** Texts whose counts are kept at most; beyond them all are counted anew. */
const mostKept = 20_000;

/** Which texts are to be told apart. */
export interface ContrastRequest {
  readonly texts: readonly string[];
  readonly like: readonly string[];
  readonly unlike: readonly string[];
}

/**
 * Tells how much more texts are like some than like others (Rocchio 1971), again and again among much the same texts:
 * what each holds is counted once, and only what it weighs is reckoned for each question, since a feature's inverse
 * document frequency is that of the texts in question.
 */
export class Contrast {
  #features = new Features();
  #kept = new Map<string, Counts>();

  /**
   * By text, its cosine to the centroid of `like` less that to the centroid of `unlike`, where vectors are those of
   * `SimilarityIndex`.
   */
  of({ texts, like, unlike }: ContrastRequest): Float64Array {
    if (this.#kept.size >= mostKept) {
      this.#features = new Features();
      this.#kept = new Map();
    }
    const counts = [...texts, ...like, ...unlike].map((text) => this.#countsOf(text));
    const idf = inverseFrequencies(counts, this.#features.size);
    const weighing = { idf, unknownIdf: 0, isWord: this.#features.words() };
    const vectors = counts.map((one) => weigh(one, weighing, 0, 0));
    const likeTo = laidOut(vectors.slice(texts.length, texts.length + like.length), this.#features.size);
    const unlikeTo = laidOut(vectors.slice(texts.length + like.length), this.#features.size);
    return Float64Array.from(texts, (_, at) => {
      const vector = vectors[at];
      return vector === undefined ? 0 : cosineTo(likeTo, vector) - cosineTo(unlikeTo, vector);
    });
  }

  #countsOf(text: string): Counts {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    const { ids, frequencies } = count(piecesOf(text).flatMap((word) => this.#features.learn(word)));
    const counts = { ids: ids.slice(), frequencies: Uint16Array.from(frequencies) };
    this.#kept.set(text, counts);
    return counts;
  }
}

/** By feature; 0 for those that none of the texts holds. */
function inverseFrequencies(texts: readonly Counts[], features: number): Float64Array {
  const frequency = new Uint32Array(features);
  for (const { ids } of texts) for (const id of ids) frequency[id] = (frequency[id] ?? 0) + 1;
  return Float64Array.from(frequency, (df) => (df === 0 ? 0 : Math.log((1 + texts.length) / (1 + df)) + 1));
}

/** The centroid's weights by feature. */
function laidOut(vectors: readonly SparseVector[], features: number): Float32Array {
  const dense = new Float32Array(features);
  const centroid = centroidOf(vectors);
  centroid.features.forEach((id, at) => {
    dense[id] = centroid.weights[at] ?? 0;
  });
  return dense;
}

function cosineTo(centroid: Float32Array, { features, weights }: SparseVector): number {
  let sum = 0;
  for (let at = 0; at < features.length; at += 1) sum += (weights[at] ?? 0) * (centroid[features[at] ?? 0] ?? 0);
  return Math.min(1, sum);
}
