import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SimilarityIndex } from '../../../../shared/domain/similarity/similarity-index.ts';
import { cosine } from '../../../../shared/domain/similarity/text-vectors.ts';

const texts = [
  'what is my account balance',
  'how much money is in my account',
  'transfer fifty dollars to savings',
  'book a flight from boston to denver',
  'please book me a flight to denver',
  'what is the weather like today',
  '',
];

describe('SimilarityIndex', () => {
  test('finds the text itself first, with similarity 1', () => {
    const index = new SimilarityIndex(texts);
    texts.slice(0, 6).forEach((text, position) => {
      const [first] = index.nearest(text, 1);
      expect(first?.index).toBe(position);
      expect(first?.similarity).toBeCloseTo(1, 5);
    });
  });

  test('ranks a paraphrase before an unrelated text', () => {
    const found = new SimilarityIndex(texts).nearest('book flights to denver from boston', 2);
    expect(found.map(({ index }) => index)).toEqual([3, 4]);
  });

  test('sees a misspelt word as near to the right one', () => {
    const [first] = new SimilarityIndex(texts).nearest('wether todday', 1);
    expect(first?.index).toBe(5);
  });

  test('names only accepted texts', () => {
    const found = new SimilarityIndex(texts).nearest('what is my account balance', 3, (index) => index !== 0);
    expect(found[0]?.index).toBe(1);
    expect(found.every(({ index }) => index !== 0)).toBe(true);
  });

  test('searches a given part of itself as it would with a filter', () => {
    const index = new SimilarityIndex(texts);
    const part = [1, 3, 5, 6];
    const query = 'how is the weather in my account';
    expect(index.nearestAmong(query, part, 9).map(({ index: at }) => at)).toEqual(
      index.nearest(query, 9, (at) => part.includes(at)).map(({ index: at }) => at),
    );
    expect(index.nearestAmong(query, [], 3)).toEqual([]);
  });

  test('finds nothing for a text without words, and nothing in an empty index', () => {
    expect(new SimilarityIndex(texts).nearest(' ?! ', 3)).toEqual([]);
    expect(new SimilarityIndex([]).nearest('anything', 3)).toEqual([]);
    expect(new SimilarityIndex(['', '']).nearest('anything', 3)).toEqual([]);
  });

  test('finds all texts from a threshold on, exactly, however they are asked for', () => {
    const word = fc.constantFrom('pay', 'the', 'bill', 'card', 'lost', 'my', 'new', 'account', 'balance', 'please');
    const text = fc.array(word, { maxLength: 6 }).map((found) => found.join(' '));
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 40 }),
        text,
        fc.constantFrom(0.3, 0.5, 0.8, 1),
        (all, query, threshold) => {
          const index = new SimilarityIndex(all);
          const vector = index.embed(query);
          const isEven = (at: number) => at % 2 === 0;
          const found = index.atLeast(query, threshold, { accept: isEven });
          const close = all.map((_, at) => cosine(vector, index.vector(at)));
          const surely = close.flatMap((similarity, at) => (isEven(at) && similarity > threshold + 1e-4 ? [at] : []));
          const never = close.flatMap((similarity, at) => (!isEven(at) || similarity < threshold - 1e-4 ? [at] : []));
          const places = found.map(({ index: at }) => at);
          expect(places).toEqual(expect.arrayContaining(surely));
          expect(places.filter((at) => never.includes(at))).toEqual([]);
          for (const { index: at, similarity } of found) expect(similarity).toBeCloseTo(close[at] ?? 0, 5);
          expect(found).toEqual(found.toSorted((a, b) => b.similarity - a.similarity || a.index - b.index));
          expect(index.atLeast(query, threshold, { most: 2, accept: isEven })).toEqual(found.slice(0, 2));
        },
      ),
    );
  });

  test('is the same when it is made in steps, between which others get their turn', async () => {
    const many = Array.from({ length: 1_200 }, (_, at) => `${texts[at % 6]} number ${at}`);
    let turns = 0;
    const index = await SimilarityIndex.gradually(many, async () => {
      turns += 1;
    });
    expect(turns).toBeGreaterThan(5);
    const whole = new SimilarityIndex(many);
    for (const query of texts) expect(index.nearest(query, 5)).toEqual(whole.nearest(query, 5));
    expect(index.vector(77)).toEqual(whole.vector(77));
  });

  test('breaks ties by the lower index', () => {
    const found = new SimilarityIndex(['one two', 'three', 'one two', 'one two']).nearest('one two', 2);
    expect(found.map(({ index }) => index)).toEqual([0, 2]);
  });

  test('counts an unknown word against similarity', () => {
    const index = new SimilarityIndex(texts);
    const [known] = index.nearest('account balance', 1);
    const [unknown] = index.nearest('account balance xylophone quartz', 1);
    expect(unknown?.similarity).toBeLessThan((known?.similarity ?? 0) - 0.05);
  });

  test('ignores case and typographic apostrophes', () => {
    const [first] = new SimilarityIndex(["I don't know"]).nearest('i DON’T know', 1);
    expect(first?.similarity).toBeCloseTo(1, 5);
  });

  test('answers from its rarest features when lists are long, with exact cosines', () => {
    const many = Array.from({ length: 12_000 }, (_, at) => `please tell me something about item number ${at}`);
    const index = new SimilarityIndex(many);
    const query = 'please tell me something about item number 5123';
    const found = index.nearest(query, 3);
    expect(found[0]?.index).toBe(5123);
    for (const { index: at, similarity } of found) {
      expect(similarity).toBeCloseTo(cosine(index.embed(query), index.vector(at)), 5);
    }
    expect(index.nearest(query, 2, (at) => at < 5).length).toBe(2);
  });

  test('keeps the strongest features of a long text and still recognises it', () => {
    const long = Array.from({ length: 3_000 }, (_, at) => `word${at % 900}`).join(' ');
    const index = new SimilarityIndex([long, ...texts]);
    expect(index.vector(0).features.length).toBeLessThanOrEqual(256);
    expect(index.nearest(long, 1)[0]?.index).toBe(0);
    expect(new SimilarityIndex(['ab'.repeat(50_000)]).nearest('ab'.repeat(50_000), 1)[0]?.similarity).toBeCloseTo(1, 5);
  });

  test('has a centroid nearest to the texts it is of', () => {
    const index = new SimilarityIndex(texts);
    const found = index.nearestTo(index.centroid([3, 4]), 2);
    expect(found.map(({ index: at }) => at).sort()).toEqual([3, 4]);
    expect(index.centroid([]).features.length).toBe(0);
    expect(index.centroid([6]).features.length).toBe(0);
  });

  test('agrees with the cosine of every pair, whatever the texts', () => {
    const word = fc.constantFrom('pay', 'card', 'lost', 'my', 'the', 'bank', 'π', '卡片', '🙂', "don't");
    const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), fc.oneof(text, fc.string({ maxLength: 20 })), (all, query) => {
        const index = new SimilarityIndex(all);
        const expected = all
          .map((_, at) => ({ index: at, similarity: cosine(index.embed(query), index.vector(at)) }))
          .filter(({ similarity }) => similarity > 0);
        const found = index.nearest(query, all.length + 1);
        expect(found.map(({ index: at }) => at).sort()).toEqual(expected.map(({ index: at }) => at).sort());
        const exact = new Map(expected.map(({ index: at, similarity }) => [at, similarity]));
        expect(found.every(({ index: at, similarity }) => Math.abs(similarity - (exact.get(at) ?? -1)) < 1e-6)).toBe(
          true,
        );
        expect(found.every(({ similarity }, at) => similarity <= (found[at - 1]?.similarity ?? 1))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('gives every text a vector of norm 1, features ascending', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 8 }), (all) => {
        const index = new SimilarityIndex(all);
        all.forEach((_, at) => {
          const { features, weights } = index.vector(at);
          const norm = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
          expect(features.length === 0 ? 0 : norm).toBeCloseTo(features.length === 0 ? 0 : 1, 4);
          expect(
            features.every(
              (id, position) => id < index.features && (position === 0 || id > (features[position - 1] ?? 0)),
            ),
          ).toBe(true);
        });
      }),
    );
  });
});
