import { z } from 'zod';
import { wordKey, wordsOfKey } from '../base/text.ts';

/** Sketches of the texts that came last, oldest first; from a sketch no text can be read. */
export const recentTextsSchema = z.strictObject({
  /** Texts that came so far. */
  came: z.int().nonnegative(),
  sketches: z.array(z.array(z.int().nonnegative())),
});
export type RecentTexts = z.infer<typeof recentTextsSchema>;

export const noRecentTexts: RecentTexts = { came: 0, sketches: [] };

const bands = 8;
const rows = 4;

/**
 * Tells bursts: of texts that come again, or nearly, among the latest `memory` ones, each is new only the first time.
 * What comes rarer than that is new each time it comes, so that in steady traffic the new ones stay alike too. Texts are
 * near where MinHash (Broder 1997) finds them so in one of 8 bands of 4: word sets of Jaccard 0.8 with a chance of 98 %, of
 * 0.4 with one of 19 %. Only once the memory was full is what it finds as it will stay.
 */
export class BurstFilter {
  readonly #memory: number;
  readonly #sketches: number[][];
  readonly #counts = new Map<number, number>();
  #came: number;

  constructor({ came, sketches }: RecentTexts, memory: number) {
    this.#memory = memory;
    this.#came = came;
    this.#sketches = sketches.map((sketch) => [...sketch]);
    for (const band of this.#sketches.flat()) this.#counts.set(band, (this.#counts.get(band) ?? 0) + 1);
  }

  /** Takes a text in. @returns whether it is new and counts: false for one of a burst, and while the memory fills */
  takeIn(text: string): boolean {
    const sketch = sketchOf(text);
    const isNew = sketch.every((band) => !this.#counts.has(band));
    for (const band of sketch) this.#counts.set(band, (this.#counts.get(band) ?? 0) + 1);
    this.#sketches.push(sketch);
    this.#came += 1;
    if (this.#sketches.length > this.#memory) this.#forget(this.#sketches.shift() ?? []);
    return isNew && this.#came > this.#memory;
  }

  state(): RecentTexts {
    return { came: this.#came, sketches: this.#sketches };
  }

  #forget(sketch: readonly number[]): void {
    for (const band of sketch) {
      const left = (this.#counts.get(band) ?? 0) - 1;
      if (left > 0) this.#counts.set(band, left);
      else this.#counts.delete(band);
    }
  }
}

/** What is read of a text, in characters. */
const longest = 4_000;

const masks = Uint32Array.from({ length: bands * rows }, (_, at) => mixed(at + 1));

/** A number below 2^32 for each band. */
function sketchOf(text: string): number[] {
  const key = wordKey(text.slice(0, longest));
  const words = wordsOfKey(key);
  const hashes = Uint32Array.from((words.length === 0 ? [key] : words).map(hashOf));
  const sketch: number[] = [];
  for (let band = 0; band < bands; band += 1) {
    let joined = mixed(band + 1);
    for (let row = 0; row < rows; row += 1) {
      const mask = masks[band * rows + row] ?? 0;
      let least = 0xffffffff;
      for (const hash of hashes) {
        const value = mixed(hash ^ mask);
        if (value < least) least = value;
      }
      joined = mixed(joined ^ least);
    }
    sketch.push(joined);
  }
  return sketch;
}

/** FNV-1a over UTF-16 code units. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3. */
function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
