import { quantile } from '../base/statistics.ts';
import { SimilarityIndex } from '../similarity/similarity-index.ts';

/** So many texts of the training material stand for it. */
export const sampledMaterial = 2_000;
/** Of the material so many are held against the rest of it. */
const heldOut = 300;
/** Of fewer nothing can be said. */
const fewest = 50;
/** Share of the material that counts as far from the rest. */
const farShare = 0.05;
const readCharacters = 2_000;

/** How unlike its training material a text is: 1 less the cosine to the nearest of it. */
export class Novelty {
  readonly #index: SimilarityIndex;
  readonly #texts: readonly string[];

  /** @param texts of the training material, at most {@link sampledMaterial} of them are wanted */
  constructor(texts: readonly string[]) {
    this.#texts = texts.map((text) => text.slice(0, readCharacters));
    this.#index = new SimilarityIndex(this.#texts);
  }

  /** A fraction; null where there is no material to speak of. */
  of(text: string): number | null {
    if (this.#texts.length < fewest) return null;
    return 1 - (this.#index.nearest(text.slice(0, readCharacters), 1)[0]?.similarity ?? 0);
  }

  /** The novelty that 5 % of the material exceeds towards the rest of it; null where there is no material to speak of. */
  farFrom(): number | null {
    if (this.#texts.length < fewest) return null;
    const step = Math.max(1, Math.floor(this.#texts.length / heldOut));
    const found = this.#texts.flatMap((text, at) =>
      at % step === 0 ? [1 - (this.#index.nearest(text, 1, (index) => index !== at)[0]?.similarity ?? 0)] : [],
    );
    return quantile(
      found.sort((a, b) => a - b),
      1 - farShare,
    );
  }
}
