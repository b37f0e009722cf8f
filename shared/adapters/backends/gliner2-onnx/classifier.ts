import type { Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { labelOutput } from '../../../tasks/classification/label.ts';
import { type Answering, noAnswer } from './answering.ts';
import { graphSchema, loadGraph } from './graph.ts';
import { readable } from './words.ts';

const aboutSchema = graphSchema.extend({
  /** Absent where there is one label alone, which is the answer to everything. */
  before: z.array(z.int()).optional(),
});

/** What answers a classification: all its labels, those without an example last and without a chance. */
export async function loadClassifier(
  about: unknown,
  known: readonly string[],
  file: (name: string) => Uint8Array,
): Promise<Answering> {
  const { before, ...read } = aboutSchema.parse(about);
  const labels = [...read.labels, ...known.filter((label) => !read.labels.includes(label))];
  const graph = before === undefined ? null : await loadGraph(file, { ...read, before });
  return async (input, alternatives) => {
    const text = readable(input, { mostCharacters: read.mostCharacters, condensed: true });
    if (text === null) return noAnswer;
    const chances = graph === null ? [1] : softmax(await graph.run({ input_ids: graph.read(text).inputs.input_ids }));
    const ranked = labels
      .map((label, at) => ({ output: labelOutput(label), confidence: chances[at] ?? 0 }))
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, Math.max(1, alternatives));
    const [best] = ranked;
    return best === undefined ? noAnswer : { ...best, alternatives: ranked };
  };
}

function softmax({ data }: Tensor): readonly number[] {
  const logits = Array.from(data as Float32Array);
  const highest = Math.max(...logits);
  const weights = logits.map((one) => Math.exp(one - highest));
  const total = weights.reduce((sum, one) => sum + one, 0);
  return weights.map((one) => one / total);
}
