import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Contrast, type ContrastRequest } from '../../../../shared/domain/similarity/contrast.ts';
import { SimilarityIndex } from '../../../../shared/domain/similarity/similarity-index.ts';
import { cosine } from '../../../../shared/domain/similarity/text-vectors.ts';

/** The same by an index of just these texts. */
function byIndex({ texts, like, unlike }: ContrastRequest): number[] {
  const index = new SimilarityIndex([...texts, ...like, ...unlike]);
  const places = [...Array(index.size).keys()];
  const liked = index.centroid(places.slice(texts.length, texts.length + like.length));
  const disliked = index.centroid(places.slice(texts.length + like.length));
  return texts.map((_, at) => cosine(index.vector(at), liked) - cosine(index.vector(at), disliked));
}

const word = fc.constantFrom('where', 'is', 'my', 'parcel', 'refund', 'late', 'card', '漢字', 'e\u0301te\u0301', '😀');
const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
const texts = fc.array(text, { maxLength: 6 });
const request = fc.record({ texts, like: texts, unlike: texts });

describe('a contrast', () => {
  test('is what an index of just these texts says, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 4 }), (requests) => {
        const contrast = new Contrast();
        for (const one of requests) {
          const told = [...contrast.of(one)];
          for (const [at, expected] of byIndex(one).entries()) expect(told[at]).toBeCloseTo(expected, 6);
          expect(told).toHaveLength(one.texts.length);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('is positive for what is like, negative for what is unlike, and 0 for a text without a word', () => {
    const told = new Contrast().of({
      texts: ['late parcel', 'refund card', '…'],
      like: ['my parcel is late'],
      unlike: ['refund my card'],
    });
    expect(told[0]).toBeGreaterThan(0.3);
    expect(told[1]).toBeLessThan(-0.3);
    expect(told[2]).toBe(0);
  });
});
