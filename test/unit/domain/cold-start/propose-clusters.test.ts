import { describe, expect, test } from 'vitest';
import { proposeClusters } from '../../../../shared/domain/cold-start/propose-clusters.ts';
import { madeUpIntents } from '../../../helpers/made-up-intents.ts';

const texts = madeUpIntents.map(({ input }) => input);
const truth = new Map(madeUpIntents.map(({ input, output }) => [input, output]));

describe('proposeClusters', () => {
  test('puts texts of one intent together, each in one cluster, the largest first', () => {
    const clusters = proposeClusters(texts, 12);
    expect(clusters.flatMap(({ inputs }) => inputs).sort()).toEqual([...texts].sort());
    const sizes = clusters.map(({ size }) => size);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const right = clusters.reduce((sum, { inputs }) => {
      const counts = Map.groupBy(inputs, (input) => truth.get(input));
      return sum + Math.max(...[...counts.values()].map((of) => of.length));
    }, 0);
    expect(right / texts.length).toBeGreaterThan(0.85);
  });

  test('names none of them, and tells words that are in no other', () => {
    const [first] = proposeClusters(texts, 12);
    expect(first?.label).toBe('');
    expect(first?.words.length).toBeGreaterThan(0);
  });

  test('is the same each time, and counts texts that are one but for case once', () => {
    expect(proposeClusters([...texts, 'HEY block my card!'], 6)).toHaveLength(proposeClusters(texts, 6).length);
    expect(proposeClusters(texts, 6)).toEqual(proposeClusters(texts, 6));
    const all = proposeClusters([...texts, ...texts.map((text) => `${text.toUpperCase()}!`)], 6);
    expect(all.reduce((sum, { size }) => sum + size, 0)).toBe(texts.length);
  });

  test('of too few texts makes one cluster, of none none', () => {
    expect(proposeClusters(['a b', 'c d'], 20).map(({ size }) => size)).toEqual([2]);
    expect(proposeClusters(['', '  '], 20)).toEqual([]);
  });
});
