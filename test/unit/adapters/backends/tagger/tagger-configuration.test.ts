import { describe, expect, it } from 'vitest';
import {
  firstTaggerConfigurations,
  neighbourTaggerConfigurations,
  type TaggerConfiguration,
} from '../../../../../shared/adapters/backends/tagger/tagger-configuration.ts';

const [first] = firstTaggerConfigurations as readonly [TaggerConfiguration, ...TaggerConfiguration[]];

describe('the search for a configuration of the tagger', () => {
  it('tries higher thresholds first where entities are found that are none, whatever else is lost', () => {
    for (const losesTooMuch of [false, true]) {
      const thresholds = neighbourTaggerConfigurations(first, { losesTooMuch, overPredicts: true })
        .slice(0, 3)
        .map(({ threshold, interpolation }) => [threshold, interpolation]);
      expect(thresholds).toEqual([
        [0.5, 0],
        [0.7, 0],
        [0.9, 0],
      ]);
    }
    const higher = neighbourTaggerConfigurations(
      { ...first, threshold: 0.7 },
      { losesTooMuch: false, overPredicts: true },
    );
    expect(higher[0]?.threshold).toBe(0.9);
  });

  it('comes nearer to the champion first where too much is lost', () => {
    const [nearer] = neighbourTaggerConfigurations(first, { losesTooMuch: true });
    expect(nearer).toEqual({ ...first, interpolation: 0.5 });
  });

  it('never tries the same twice, nor what stands', () => {
    for (const from of [...firstTaggerConfigurations, { ...first, threshold: 0.9, l2: 0 }]) {
      for (const losesTooMuch of [false, true]) {
        for (const overPredicts of [false, true]) {
          const all = [from, ...neighbourTaggerConfigurations(from, { losesTooMuch, overPredicts })];
          expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(all.length);
        }
      }
    }
  });
});
