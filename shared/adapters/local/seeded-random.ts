import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Random, RandomStream } from '../../ports/random.ts';

/** Streams of xoroshiro128+ whose whole 128-bit state comes from SHA-256 of seed and name. */
export class SeededRandom implements Random {
  stream(seed: number, name: string): RandomStream {
    const hash = createHash('sha256').update(`${seed}:${name}`).digest();
    const state = [0, 4, 8, 12].map((offset) => hash.readInt32LE(offset));
    return new SeededStream(xoroshiro128plusFromState(state));
  }
}

class SeededStream implements RandomStream {
  readonly #generator: RandomGenerator;

  constructor(generator: RandomGenerator) {
    this.#generator = generator;
  }

  next(): number {
    return uniformFloat64(this.#generator);
  }

  below(bound: number): number {
    if (!Number.isSafeInteger(bound) || bound < 1) {
      throw new RatchetError(
        'InvalidInput',
        `A random integer below ${bound} does not exist; the bound is a whole number of at least 1.`,
      );
    }
    return uniformInt(this.#generator, 0, bound - 1);
  }

  /** Fisher and Yates, inside out. */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled: T[] = [];
    for (const item of items) {
      const place = this.below(shuffled.length + 1);
      if (place === shuffled.length) {
        shuffled.push(item);
      } else {
        shuffled.push(shuffled[place] as T);
        shuffled[place] = item;
      }
    }
    return shuffled;
  }
}
