import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vocabularyOf } from '../../../../../shared/adapters/backends/embedded/feature-vocabulary.ts';
import { commonLayers, ranksIn } from '../../../../../shared/adapters/backends/tagger/common-layers.ts';
import { Lexicon } from '../../../../../shared/adapters/backends/tagger/lexicon.ts';
import type { TaggerModel } from '../../../../../shared/adapters/backends/tagger/tagger-model.ts';

/** A tagger without weights whose layers have the types of each text. */
function tagger(...layers: readonly string[]): TaggerModel {
  const types = [...new Set(layers.join(''))].sort();
  return {
    types,
    vocabulary: vocabularyOf(new Uint32Array(), new Uint32Array()),
    lexicon: new Lexicon(),
    threshold: 0,
    cutsWords: false,
    overlapping: [],
    layers: layers.map((layer) => ({
      types: [...layer].sort().map((type) => types.indexOf(type)),
      map: { starts: new Int32Array(1), states: new Uint16Array() },
      weights: { features: new Float64Array(), transitions: new Float64Array(), starts: new Float64Array() },
    })),
  };
}

const types = ['a', 'b', 'c', 'd'];
const shown = (...models: readonly TaggerModel[]): string[] =>
  commonLayers(models, types).map((layer) => layer.map((rank) => types[rank % types.length]).join(''));

describe('the layers that taggers have in common', () => {
  it('are one of all types where each has one', () => {
    expect(shown(tagger('abc'), tagger('bd'))).toEqual(['abcd']);
    expect(shown(tagger(''), tagger('a'))).toEqual(['a']);
  });

  it('are those of the first, and what others have beside goes where nothing speaks against it', () => {
    expect(shown(tagger('ab', 'c'), tagger('abc'))).toEqual(['ab', 'c']);
    expect(shown(tagger('ab'), tagger('a', 'b'))).toEqual(['ab']);
    // For the other, d stands apart from a, and with c.
    expect(shown(tagger('ab', 'c'), tagger('a', 'cd'))).toEqual(['ab', 'cd']);
    expect(shown(tagger('ac'), tagger('a', 'cd'))).toEqual(['ac', 'd']);
  });

  it('have inner entities of a type in a later layer than its outer ones', () => {
    expect(shown(tagger('b', 'a'), tagger('a', 'a'))).toEqual(['b', 'a', 'a']);
    expect(shown(tagger('a', 'b'), tagger('a', 'a'))).toEqual(['a', 'ab']);
  });

  it('have each rank of every tagger once', () => {
    const layer = fc.subarray(types, { minLength: 1 }).map((each) => each.join(''));
    const taggers = fc.array(fc.array(layer, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(taggers, (given) => {
        const models = given.map((layers) => tagger(...layers));
        const common = commonLayers(models, types);
        const all = new Set(models.flatMap((model) => ranksIn(model, types).flat()));
        expect([...common.flat()].sort()).toEqual([...all].sort());
        for (const each of common) expect(new Set(each.map((rank) => rank % types.length)).size).toBe(each.length);
        for (const rank of all) {
          if (rank < types.length) continue;
          const at = (one: number): number => common.findIndex((each) => each.includes(one));
          expect(at(rank)).toBeGreaterThan(at(rank - types.length));
        }
      }),
    );
  });
});
