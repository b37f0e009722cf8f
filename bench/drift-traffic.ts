import { SeededRandom } from '../shared/adapters/local/seeded-random.ts';
import type { Answered, Arrivals, JudgedAnswer } from '../shared/domain/drift/take-in.ts';
import type { RandomStream } from '../shared/ports/random.ts';

/** What made-up traffic is like at a time. */
export interface TrafficKind {
  /** Share of the traffic of each label, with what is left over spread by a power law. */
  readonly risen: { readonly label: number; readonly share: number } | null;
  /** Share of texts that are unlike the training material. */
  readonly far: number;
  /** Mean of the confidence, a fraction. */
  readonly confidence: number;
  readonly failing: number;
}

export const steady: TrafficKind = { risen: null, far: 0.05, confidence: 0.8, failing: 0.08 };

/** Made-up traffic, a look at a time: labels by a power law, some texts frequent, bursts of near-duplicates now and then. */
export class MadeUpTraffic {
  readonly #random: RandomStream;
  readonly #labels: number;
  readonly #novelties = new Map<string, number>();
  #position = 0;
  #id = 0;

  constructor(seed: number, labels: number) {
    this.#random = new SeededRandom().stream(seed, 'drift traffic');
    this.#labels = labels;
  }

  /** @param size traces of the look @param bursts share of looks that have a burst of half as many near-duplicates more */
  look(size: number, kind: TrafficKind, { bursts = 0.2, judged = 0.2 } = {}): Arrivals {
    this.#position += 1;
    const texts = Array.from({ length: size }, () => this.#text(kind));
    if (this.#random.next() < bursts) {
      const one = this.#text(kind);
      const near = Array.from({ length: Math.ceil(size / 2) }, (_, at) => ({
        ...one,
        trace: this.#next(),
        input: `${one.input} nr${at % 3}`,
      }));
      texts.push(...near);
    }
    const answered = this.#random.shuffle(texts);
    const judgements = answered.flatMap((one): JudgedAnswer[] => {
      if (this.#random.next() >= judged) return [];
      return [{ trace: one.trace, input: one.input, failed: one.fails }];
    });
    const at = new Date(Date.UTC(2026, 0, 1) + this.#position * 86_400_000).toISOString();
    return { position: this.#position, at, answered, judged: judgements };
  }

  /** As {@link MadeUpTraffic.look} made it. */
  novelty(answered: Answered): number {
    return this.#novelties.get(answered.input.replace(/ nr\d$/u, '')) ?? 0.5;
  }

  /** Draws for the tests, from a stream of its own. */
  chance(): number {
    return this.#random.next();
  }

  #next(): string {
    this.#id += 1;
    return `t-${this.#id}`;
  }

  #text({ risen, far, confidence, failing }: TrafficKind): Answered & { readonly fails: boolean } {
    const isRisen = risen !== null && this.#random.next() < risen.share;
    const label = isRisen ? risen.label : Math.floor(this.#labels * this.#random.next() ** 2);
    // A third of the traffic is of frequent texts, the rest comes once.
    const isFrequent = !isRisen && this.#random.next() < 0.33;
    const name = isFrequent ? `${Math.floor(100 * this.#random.next() ** 2)}` : `x${this.#id}`;
    const words = Array.from({ length: 8 }, (_, at) => `w${label}q${name}r${at}`);
    const input = words.join(' ');
    const isFar = !isFrequent && this.#random.next() < far;
    const novelty = Math.min(0.99, (isFar ? 0.7 : 0.3) + 0.25 * this.#random.next());
    if (!this.#novelties.has(input)) this.#novelties.set(input, novelty);
    const spread = this.#random.next() - this.#random.next();
    return {
      trace: this.#next(),
      input,
      labels: [`label-${label}`],
      confidence: Math.min(1, Math.max(0, confidence + 0.25 * spread)),
      fails: this.#random.next() < failing,
    };
  }
}
