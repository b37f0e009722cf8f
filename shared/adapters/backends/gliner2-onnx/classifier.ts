import { z } from 'zod';
import { loadRuntime } from './load-runtime.ts';
import { readArchive } from './read-archive.ts';
import { wordsOf } from './words.ts';

const aboutSchema = z.object({
  version: z.literal(1),
  /** Those that had an example, in the order of the logits. */
  labels: z.array(z.string()).min(1),
  mostWords: z.int(),
  mostCharacters: z.int(),
  /** Tokens of the question and its labels, which stand before every text; absent where there is one label alone. */
  before: z.array(z.int()).optional(),
});
const artifactSchema = z.object({ task: z.object({ labels: z.array(z.string()) }) });

export interface Classifier {
  /** All labels of the task: those that can be answered first, in the order of the chances. */
  readonly labels: readonly string[];
  /** The chance of each label that had an example, fractions; null for an input in which nothing shows. */
  chances(input: string): Promise<readonly number[] | null>;
}

/**
 * Loads what a training job wrote as ONNX. One text at a time, on one thread, so that an answer hangs on its text alone.
 * @throws Error for an archive without it
 */
export async function loadClassifier(archive: Uint8Array): Promise<Classifier> {
  const files = readArchive(archive);
  const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(fileOf(files, name)));
  const about = aboutSchema.parse(json('onnx/about.json'));
  const known = artifactSchema.parse(json('artifact.json')).task.labels;
  const labels = [...about.labels, ...known.filter((label) => !about.labels.includes(label))];
  const { before } = about;
  if (before === undefined) {
    return { labels, chances: async (input) => (wordsOf(input, about) === null ? null : [1]) };
  }
  const { onnx, transformers } = await loadRuntime();
  const tokenizer = new transformers.PreTrainedTokenizer(
    json('onnx/tokenizer.json'),
    json('onnx/tokenizer_config.json'),
  );
  const session = await onnx.InferenceSession.create(fileOf(files, 'onnx/graph.onnx').slice(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
  });
  const tokens = new Map<string, readonly number[]>();
  const tokensOf = (word: string): readonly number[] => {
    const kept = tokens.get(word) ?? tokenizer.encode(word, { add_special_tokens: false });
    if (tokens.size < mostKept) tokens.set(word, kept);
    return kept;
  };
  return {
    labels,
    async chances(input) {
      const words = wordsOf(input, about);
      if (words === null) return null;
      const ids = BigInt64Array.from([...before, ...words.flatMap(tokensOf)], BigInt);
      const { logits } = await session.run({ input_ids: new onnx.Tensor('int64', ids, [1, ids.length]) });
      return softmax(Array.from((logits?.data ?? []) as Float32Array));
    },
  };
}

/** Words whose tokens are kept. */
const mostKept = 50_000;

function softmax(logits: readonly number[]): readonly number[] {
  const highest = Math.max(...logits);
  const weights = logits.map((one) => Math.exp(one - highest));
  const total = weights.reduce((sum, one) => sum + one, 0);
  return weights.map((one) => one / total);
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const found = files.get(name);
  if (found === undefined) throw new RangeError(`it has no ${name}`);
  return found;
}
