/**
 * Character trigrams of the words of a traffic, with a blank before and after each word: how usual a word looks, in any
 * script. Counts are lessened by one (absolute discounting, Ney, Essen and Kneser 1994), so that a text which is itself
 * part of the traffic cannot vouch for its own trigrams.
 */
export class CharacterModel {
  readonly #trigrams = new Map<string, number>();
  readonly #contexts = new Map<string, number>();
  readonly #bigramContexts = new Map<string, number>();
  readonly #bigrams = new Map<string, number>();
  readonly #alphabet = new Map<string, number>();
  #total = 0;

  /** Adds a word `times` times. */
  add(word: string, times: number): void {
    let a = ' ';
    let b = ' ';
    for (const c of [...word, ' ']) {
      bump(this.#trigrams, a + b + c, times);
      bump(this.#contexts, a + b, times);
      bump(this.#bigrams, b + c, times);
      bump(this.#bigramContexts, b, times);
      bump(this.#alphabet, c, times);
      this.#total += times;
      a = b;
      b = c;
    }
  }

  /** Mean natural-log likelihood a character of a word, trigrams interpolated with bigrams and a uniform share. */
  logLikelihood(word: string): number {
    const characters = [...word, ' '];
    const floor = 1 / (this.#alphabet.size + 1);
    let a = ' ';
    let b = ' ';
    let sum = 0;
    for (const c of characters) {
      const trigram = share(this.#trigrams.get(a + b + c), this.#contexts.get(a + b));
      const bigram = share(this.#bigrams.get(b + c), this.#bigramContexts.get(b));
      sum += Math.log(0.6 * trigram + 0.3 * bigram + 0.1 * floor);
      a = b;
      b = c;
    }
    return sum / characters.length;
  }

  /** Whether words of the traffic hardly ever end as this one does: one in a hundred at most has its last two letters last. */
  endsOddly(word: string): boolean {
    const [a = '', b = ''] = [...word].slice(-2);
    const all = this.#contexts.get(a + b) ?? 0;
    return all >= 10 && (this.#trigrams.get(`${a}${b} `) ?? 0) <= Math.max(1, all / 100);
  }

  /** Whether most characters of a word are such as the traffic hardly has: one in ten thousand at most. */
  isForeign(word: string): boolean {
    const characters = [...word];
    const least = Math.max(3, this.#total / 10_000);
    return (
      characters.filter((character) => (this.#alphabet.get(character) ?? 0) < least).length > characters.length / 2
    );
  }
}

function bump(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function share(count = 0, total = 0): number {
  return count <= 1 || total <= 0 ? 0 : (count - 1) / total;
}
