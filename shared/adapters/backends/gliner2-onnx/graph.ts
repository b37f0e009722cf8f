import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { loadRuntime } from './load-runtime.ts';
import { type Word, wordsOf } from './words.ts';

/** What a graph and its reading of texts go by, as `gliner2_onnx.py` writes it. */
export const graphSchema = z.object({
  version: z.literal(1),
  /** Those that had an example, in the order of the logits. */
  labels: z.array(z.string()).min(1),
  mostWords: z.int(),
  mostCharacters: z.int(),
  /** Tokens of a text that the encoder reads; absent where nothing bounds them. */
  mostTokens: z.int().optional(),
});

/** A text as the graph takes it. */
interface Read {
  readonly words: readonly Word[];
  readonly inputs: Record<'input_ids' | 'words', Tensor>;
}

export interface Graph {
  /** The words of a text that are read, and the tokens of label and text. */
  read(text: string): Read;
  /** The logits, by the inputs that the graph knows by name. */
  run(inputs: Partial<Read['inputs']>): Promise<Tensor>;
}

/** Words whose tokens are kept. */
const mostKept = 50_000;

/**
 * Loads a graph with its tokenizer. One text at a time, on one thread, so that an answer hangs on its text alone.
 * @param before the tokens of the question and its labels, which stand before every text
 * @throws Error for what is no such graph, RatchetError InvalidInput without the packages
 */
export async function loadGraph(
  file: (name: string) => Uint8Array,
  { before, mostWords, mostTokens }: z.infer<typeof graphSchema> & { readonly before: readonly number[] },
): Promise<Graph> {
  const { onnx, transformers } = await loadRuntime();
  const json = (name: string): object => z.looseObject({}).parse(JSON.parse(new TextDecoder().decode(file(name))));
  const tokenizer = new transformers.PreTrainedTokenizer(
    json('onnx/tokenizer.json'),
    json('onnx/tokenizer_config.json'),
  );
  const session: InferenceSession = await onnx.InferenceSession.create(file('onnx/graph.onnx').slice(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
  });
  const known = new Map<string, readonly number[]>();
  const tokensOf = (word: string): readonly number[] => {
    const tokens = known.get(word) ?? tokenizer.encode(word, { add_special_tokens: false });
    if (known.size < mostKept) known.set(word, tokens);
    return tokens;
  };
  const tensor = (values: readonly number[], shape: number[]): Tensor =>
    new onnx.Tensor('int64', BigInt64Array.from(values, BigInt), shape);
  return {
    read(text) {
      const words: Word[] = [];
      const begins: number[] = [];
      const ids = [...before];
      const most = before.length + (mostTokens ?? Number.POSITIVE_INFINITY);
      for (const word of wordsOf(text)) {
        const tokens = tokensOf(word.text);
        // What has no token, or more than are read at all, cannot be found, as in `gliner2_words.py`.
        if (tokens.length === 0 || before.length + tokens.length > most) continue;
        if (words.length === mostWords || ids.length + tokens.length > most) break;
        words.push(word);
        begins.push(ids.length);
        ids.push(...tokens);
      }
      return { words, inputs: { input_ids: tensor(ids, [1, ids.length]), words: tensor(begins, [begins.length]) } };
    },
    async run(inputs) {
      const { logits } = await session.run(inputs);
      if (logits === undefined) throw new RangeError('its graph gives no logits');
      return logits;
    },
  };
}
