import type { Output } from '../../../shared/domain/base/output.ts';
import type { RandomStream } from '../../../shared/ports/random.ts';
import type { TextRules } from './text-rules.ts';
import { tokensOf } from './tokens.ts';

/** An input with its right output: a line of a labelled set. */
export interface Labelled {
  readonly input: string;
  readonly output: Output;
}

/** Inputs compared when the nearest of another label is looked for. */
const compared = 300;

/**
 * What perturbations know of the task beside the text in hand: the labels, how long its inputs are, and inputs that may
 * be quoted, which must never be ones that are held out.
 */
export class Corpus {
  /** Labels, or types of entities. */
  readonly labels: readonly string[];
  readonly rules: TextRules;
  /** Median number of words. */
  readonly medianWords: number;
  readonly #quotable: readonly Labelled[];

  constructor(quotable: readonly Labelled[], labels: readonly string[], rules: TextRules) {
    const lengths = quotable.map(({ input }) => tokensOf(input).length).sort((a, b) => a - b);
    this.medianWords = lengths[lengths.length >> 1] ?? 0;
    this.labels = labels;
    this.rules = rules;
    this.#quotable = quotable;
  }

  /** Whether an output is about nothing but what the task has labels for. */
  knows(output: Output): boolean {
    return this.rules.kind.facets(output).every((facet) => this.labels.includes(facet));
  }

  /** An input of the task, word for word, with its right output; never the given one. */
  quote(text: string, random: RandomStream): Labelled | null {
    return random.shuffle(this.#quotable).find(({ input }) => input !== text) ?? null;
  }

  /** The input of other labels (types of entities) that has most words in common with the text (Jaccard), ties by chance. */
  nearestOther({ input, output }: Labelled, random: RandomStream): Labelled | null {
    const words = new Set(tokensOf(input.toLowerCase()));
    const about = (of: Output): string => JSON.stringify(this.rules.kind.facets(of));
    const own = about(output);
    let best: { readonly item: Labelled; readonly similarity: number } | null = null;
    for (const item of random.shuffle(this.#quotable).slice(0, compared)) {
      if (item.input === input || about(item.output) === own) continue;
      const others = new Set(tokensOf(item.input.toLowerCase()));
      const similarity = words.intersection(others).size / Math.max(1, words.union(others).size);
      if (best === null || similarity > best.similarity) best = { item, similarity };
    }
    return best?.item ?? null;
  }
}
