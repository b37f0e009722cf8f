import { z } from 'zod';
import { canonicalJson } from '../../../domain/base/ids.ts';
import { type Output, outputSchema } from '../../../domain/base/output.ts';
import { SimilarityIndex } from '../../../domain/similarity/similarity-index.ts';
import type { Prediction } from '../../../ports/predictor.ts';

export const memorySchema = z.strictObject({
  neighbours: z.int().min(1),
  examples: z.array(z.strictObject({ input: z.string(), output: outputSchema, weight: z.number() })),
});
export type MemoryFile = z.infer<typeof memorySchema>;

const noAnswer: Prediction = { output: null, confidence: 0, alternatives: [] };

/** Examples that are found again by how similar their inputs are. */
export class Memory {
  readonly #file: MemoryFile;
  readonly #index: SimilarityIndex;

  constructor(file: MemoryFile) {
    this.#file = file;
    this.#index = new SimilarityIndex(file.examples.map(({ input }) => input));
  }

  /**
   * The output for which the most similar examples speak, each by its weight and the fourth power of its cosine, so that
   * a near one outweighs several far ones. The confidence is the output's part of that, times the cosine of the nearest
   * example that has it: what resembles nothing is not sure.
   */
  answer(input: string, alternatives: number): Prediction {
    const found = this.#index.nearest(input, this.#file.neighbours);
    if (found.length === 0) return noAnswer;
    const votes = new Map<string, { output: Output; vote: number; nearest: number }>();
    let total = 0;
    for (const { index, similarity } of found) {
      const example = this.#file.examples[index];
      if (example === undefined) continue;
      const key = canonicalJson(example.output);
      const vote = example.weight * similarity ** 4;
      total += vote;
      const known = votes.get(key) ?? { output: example.output, vote: 0, nearest: similarity };
      votes.set(key, { ...known, vote: known.vote + vote });
    }
    const ranked = [...votes.values()]
      .sort((a, b) => b.vote - a.vote || b.nearest - a.nearest)
      .map(({ output, vote, nearest }) => ({ output, confidence: total === 0 ? 0 : (vote / total) * nearest }));
    const [best] = ranked;
    if (best === undefined) return noAnswer;
    return { ...best, alternatives: ranked.slice(0, Math.max(1, alternatives)) };
  }
}
