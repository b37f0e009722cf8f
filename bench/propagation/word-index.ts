import { words } from '../../shared/domain/base/text.ts';

/** TF-IDF of whole words alone (smoothed inverse document frequency, L2 norm 1), searched through inverted lists. */
export class WordIndex {
  readonly #vectors: readonly ReadonlyMap<string, number>[];
  readonly #lists = new Map<string, number[]>();

  constructor(texts: readonly string[]) {
    const counts = texts.map((text) => countOf(words(text)));
    for (const [index, count] of counts.entries()) {
      for (const word of count.keys()) {
        const list = this.#lists.get(word);
        if (list === undefined) this.#lists.set(word, [index]);
        else list.push(index);
      }
    }
    const idf = (word: string) => Math.log((1 + texts.length) / (1 + (this.#lists.get(word)?.length ?? 0))) + 1;
    this.#vectors = counts.map((count) => {
      const raw = [...count].map(([word, frequency]) => [word, (1 + Math.log(frequency)) * idf(word)] as const);
      const norm = Math.sqrt(raw.reduce((sum, [, weight]) => sum + weight ** 2, 0));
      return new Map(raw.map(([word, weight]) => [word, weight / norm]));
    });
  }

  /** Texts whose cosine to one of the index is at least the threshold; itself left out. */
  atLeast(index: number, threshold: number): readonly number[] {
    const sums = new Map<number, number>();
    for (const [word, weight] of this.#vectors[index] ?? []) {
      for (const other of this.#lists.get(word) ?? []) {
        sums.set(other, (sums.get(other) ?? 0) + weight * (this.#vectors[other]?.get(word) ?? 0));
      }
    }
    return [...sums].flatMap(([other, sum]) => (other !== index && sum >= threshold ? [other] : []));
  }
}

function countOf(all: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
