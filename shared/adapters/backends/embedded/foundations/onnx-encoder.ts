import type { Tensor } from '@huggingface/transformers';
import { RatchetError } from '../../../../domain/base/errors.ts';
import type { LocatedEncoder } from './encoder.ts';
import { loadTransformers } from './load-transformers.ts';

/** Embeds texts by a loaded encoder: rows of `width` floats of unit length, one a text. */
export interface OnnxEncoder {
  embed(texts: readonly string[]): Promise<{ readonly rows: Float32Array<ArrayBuffer>; readonly width: number }>;
}

/**
 * Loads an encoder by ONNX Runtime, on one thread: others work beside it. Texts are embedded one by one, without padding:
 * the runtime adds in another order for another shape, and a vector must not depend on what else is embedded.
 * @throws RatchetError FoundationMissing
 */
export async function loadOnnxEncoder(encoder: LocatedEncoder): Promise<OnnxEncoder> {
  const { directory, variant, pooling, prompt, maxTokens } = encoder;
  const { AutoModel, AutoTokenizer } = await loadTransformers();
  const [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(directory, { local_files_only: true }),
    AutoModel.from_pretrained(directory, {
      local_files_only: true,
      dtype: variant,
      device: 'cpu',
      session_options: { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' },
    }),
  ]).catch((cause: unknown) => {
    throw broken(encoder, cause);
  });
  const vectorOf = async (text: string): Promise<Float32Array> => {
    const inputs = await tokenizer(`${prompt}${text}`, { truncation: true, max_length: maxTokens });
    const outputs: Record<string, Tensor | undefined> = await model(inputs);
    return unit(pooled(outputs, pooling, encoder));
  };
  return {
    async embed(texts) {
      const vectors: Float32Array[] = [];
      for (const text of texts) {
        vectors.push(
          await vectorOf(text).catch((cause: unknown) => {
            throw broken(encoder, cause);
          }),
        );
      }
      const width = vectors[0]?.length ?? 0;
      const rows = new Float32Array(texts.length * width);
      vectors.forEach((vector, row) => {
        rows.set(vector, row * width);
      });
      return { rows, width };
    },
  };
}

/** One vector of those of the tokens, [1, tokens, width]; or the sentence's own where the graph pools by itself. */
function pooled(
  outputs: Record<string, Tensor | undefined>,
  pooling: LocatedEncoder['pooling'],
  encoder: LocatedEncoder,
): Float64Array {
  const whole = outputs.sentence_embedding;
  if (whole !== undefined) return Float64Array.from(numbersOf(whole));
  const tokens = outputs.last_hidden_state ?? outputs.token_embeddings;
  const [, count = 0, width = 0] = tokens?.dims ?? [];
  if (tokens === undefined || count === 0) {
    throw broken(encoder, new Error(`the graph gives ${Object.keys(outputs).join(', ')}`));
  }
  const values = numbersOf(tokens);
  if (pooling === 'cls') return Float64Array.from(values.subarray(0, width));
  const sum = new Float64Array(width);
  for (let at = 0; at < count * width; at++) {
    sum[at % width] = (sum[at % width] ?? 0) + (values[at] ?? 0);
  }
  return sum.map((value) => value / count);
}

function numbersOf(tensor: Tensor): Float32Array {
  const { data } = tensor.type === 'float32' ? tensor : tensor.to('float32');
  return Float32Array.from(data as ArrayLike<number>);
}

function unit(vector: Float64Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}

function broken({ directory }: LocatedEncoder, cause: unknown): RatchetError {
  if (cause instanceof RatchetError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RatchetError('FoundationMissing', `The foundation in ${directory} does not work: ${why.slice(0, 500)}`, {
    cause,
    mend: 'Take a sentence encoder as ONNX, in the layout that transformers.js reads.',
  });
}
