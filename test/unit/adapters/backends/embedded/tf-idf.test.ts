import { describe, expect, it } from 'vitest';
import {
  FeatureVocabulary,
  vocabularyOf,
} from '../../../../../shared/adapters/backends/embedded/feature-vocabulary.ts';
import { NgramReader, readableText } from '../../../../../shared/adapters/backends/embedded/text-features.ts';
import { fitTfIdf, TfIdfReader } from '../../../../../shared/adapters/backends/embedded/tf-idf.ts';

const texts = ['The cat sat', 'the dog sat down', 'a bird', 'CAT and dog and cat'];

describe('n-grams', () => {
  it('are words and pairs of words, then the 2- to 4-grams of each padded token', () => {
    const reader = new NgramReader();
    reader.read('ab  cd');
    // ab, cd, "ab cd"; of " ab ": 3 bigrams, 2 trigrams, 1 four-gram; twice.
    expect([reader.wordNgrams, reader.count]).toEqual([3, 15]);
    reader.read('a');
    expect([reader.wordNgrams, reader.count]).toEqual([1, 4]);
    reader.read('--');
    expect([reader.wordNgrams, reader.count]).toEqual([0, 6]);
  });

  it('do not depend on case, on the white space or on what was read before', () => {
    const reader = new NgramReader();
    reader.read('Größe ABC');
    const hashes = [...reader.low.subarray(0, reader.count)];
    reader.read('x'.repeat(10_000));
    reader.read('grösse abc'.replace('ss', 'ß').replace(' ', '\t\n '));
    expect([...reader.low.subarray(0, reader.count)]).toEqual(hashes);
  });

  it('of a readable text come from its first 4,000 characters without the white space before them', () => {
    expect(readableText(`  ${'x'.repeat(5_000)}`)).toHaveLength(4_000);
    expect(readableText(' \u200b\n')).toBe('');
    expect(readableText('\ud83d')).toBe('');
    expect(readableText('a\ud83d')).toBe('a\ufffd');
  });
});

describe('TF-IDF', () => {
  it('gives each block unit length', () => {
    const { rows } = fitTfIdf(texts, 1, 1_000);
    for (let row = 0; row < texts.length; row++) {
      const values = rows.values.subarray(rows.starts[row], rows.starts[row + 1]);
      expect(values.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(2);
    }
  });

  it('reads a text of the fit as the row that the fit made of it', () => {
    const { model, rows } = fitTfIdf(texts, 1, 1_000);
    const reader = new TfIdfReader(model);
    texts.forEach((text, row) => {
      reader.read(text);
      expect(reader.indices.slice(0, reader.count)).toEqual(rows.indices.slice(rows.starts[row], rows.starts[row + 1]));
      expect(reader.values.slice(0, reader.count)).toEqual(rows.values.slice(rows.starts[row], rows.starts[row + 1]));
    });
  });

  it('weighs as scikit-learn does: sublinear counts times smoothed inverse frequencies', () => {
    const { model, rows } = fitTfIdf(['b b', 'b c'], 1, 1_000);
    // The word block of "b c" is b, c and the pair: df 2, 1, 1.
    const [common, rare] = [1, Math.log(3 / 2) + 1];
    const norm = Math.hypot(common, rare, rare);
    expect([...model.idf].slice(0, 1)).toEqual([1]);
    expect(
      [...rows.values.subarray(rows.starts[1], (rows.starts[1] ?? 0) + 3)].map((value) => value.toFixed(5)),
    ).toEqual([common / norm, rare / norm, rare / norm].map((value) => value.toFixed(5)));
  });

  it('leaves the rarest n-grams out when there are too many', () => {
    const { model, rows } = fitTfIdf(texts, 1, 20);
    expect(model.vocabulary.size).toBeLessThanOrEqual(20);
    expect(Math.max(...rows.indices)).toBeLessThan(model.vocabulary.size);
  });

  it('finds nothing in a text of unknown n-grams', () => {
    const reader = new TfIdfReader(fitTfIdf(texts, 1, 1_000).model);
    reader.read('ξξξ');
    expect(reader.count).toBe(0);
  });
});

describe('vocabulary', () => {
  it('numbers keys in the order in which they came, through every growth', () => {
    const vocabulary = new FeatureVocabulary(4);
    for (let key = 0; key < 5_000; key++) {
      expect(vocabulary.findOrAdd(key * 7, key)).toBe(key);
    }
    const { low, high } = vocabulary.keys();
    const again = vocabularyOf(low, high);
    expect([again.find(7 * 4_999, 4_999), again.find(7, 2), again.size]).toEqual([4_999, -1, 5_000]);
  });
});
