import { FeatureVocabulary } from '../embedded/feature-vocabulary.ts';
import { commonLayers, ranksIn } from './common-layers.ts';
import type { CrfWeights, WeightMap } from './crf.ts';
import { Lexicon } from './lexicon.ts';
import { stateCount } from './states.ts';
import type { TaggerLayer, TaggerModel } from './tagger-model.ts';

/** A tagger and its part of an average. */
export interface TaggerPart {
  readonly model: TaggerModel;
  /** Parts sum to 1. */
  readonly part: number;
}

/** Weights smaller than this change no answer that anybody would miss, and are left out. */
const negligible = 1e-3;

/** What a layer of one of the taggers gives to a layer of the average. */
interface Share {
  readonly layer: TaggerLayer;
  readonly factor: number;
  /** From the layer's states to those of the average; -1 for one of a type that stands in another layer there. */
  readonly stateOf: readonly number[];
}

/** A layer of the average while it is summed. */
interface Sum {
  readonly types: readonly number[];
  /** By feature and state. */
  readonly features: Map<number, number>[];
  readonly transitions: Float64Array;
  readonly starts: Float64Array;
  /** By tagger. */
  readonly shares: readonly (readonly Share[])[];
}

/**
 * One tagger whose weights are the weighted mean of several; a weight that one of them does not have counts as 0. It
 * knows the surfaces that any of them knows. Types are those of all, in the order of the first that names them, layers those
 * of the first with what the others have beside; words are cut as the first cuts them.
 * @param threshold of the average
 */
export function averageTaggers(parts: readonly TaggerPart[], threshold: number): TaggerModel {
  const types = [...new Set(parts.flatMap(({ model }) => model.types))];
  const vocabulary = new FeatureVocabulary();
  const sums = sumsOf(parts, types);
  const lexicon = new Lexicon();
  const overlapping = new Map<string, readonly [number, number]>();
  parts.forEach(({ model }, index) => {
    const { low, high } = model.vocabulary.keys();
    low.forEach((half, feature) => {
      const id = vocabulary.findOrAdd(half, high[feature] ?? 0);
      for (const { features, shares } of sums) {
        const sum = features[id] ?? new Map<number, number>();
        features[id] = sum;
        for (const share of shares[index] ?? []) addFeature(share, feature, sum);
      }
    });
    for (const sum of sums) for (const share of sum.shares[index] ?? []) addSteps(share, sum);
    const placeOf = (type: number): number => types.indexOf(model.types[type] ?? '');
    lexicon.merge(model.lexicon, placeOf);
    for (const [first, second] of model.overlapping) {
      const pair = [placeOf(first), placeOf(second)] as const;
      overlapping.set(pair.join(' '), pair);
    }
  });
  return {
    types,
    vocabulary,
    lexicon,
    threshold,
    cutsWords: parts[0]?.model.cutsWords ?? false,
    layers: sums.map(packed),
    overlapping: [...overlapping.values()],
  };
}

function sumsOf(parts: readonly TaggerPart[], types: readonly string[]): Sum[] {
  const models = parts.map(({ model }) => model);
  const layers = commonLayers(models, types);
  return layers.map((ranks): Sum => {
    const own = ranks.map((rank) => rank % Math.max(1, types.length));
    // What knows nothing of a layer has no say in it.
    const shares = parts.map(({ model, part }): Share[] => {
      const known = ranksIn(model, types).map((each) => each.map((rank) => ranks.indexOf(rank)));
      const inCommon = known.map((places) => places.filter((place) => place >= 0).length);
      const all = inCommon.reduce((sum, count) => sum + count, 0);
      return model.layers.flatMap((layer, at): Share[] => {
        const count = inCommon[at] ?? 0;
        const share = layers.length === 1 && model.layers.length === 1 ? 1 : count === 0 ? 0 : count / all;
        if (share === 0) return [];
        return [{ layer, factor: part * share, stateOf: statesWithin(known[at] ?? []) }];
      });
    });
    const said = parts.reduce((sum, { part }, index) => sum + (shares[index]?.length === 0 ? 0 : part), 0);
    const isOfAll = shares.every((each) => each.length > 0);
    const states = stateCount(own.length);
    return {
      types: own,
      features: [],
      transitions: new Float64Array(states * states),
      starts: new Float64Array(states),
      shares: isOfAll ? shares : shares.map((each) => each.map((share) => ({ ...share, factor: share.factor / said }))),
    };
  });
}

/** @param places of the types of a layer in that of the average; -1 for none */
function statesWithin(places: readonly number[]): number[] {
  return [0, ...places.flatMap((place) => (place < 0 ? [-1, -1] : [2 * place + 1, 2 * place + 2]))];
}

function addFeature({ layer: { map, weights }, factor, stateOf }: Share, feature: number, sum: Map<number, number>) {
  for (let slot = map.starts[feature] ?? 0; slot < (map.starts[feature + 1] ?? 0); slot++) {
    const state = stateOf[map.states[slot] ?? 0] ?? -1;
    if (state >= 0) sum.set(state, (sum.get(state) ?? 0) + factor * (weights.features[slot] ?? 0));
  }
}

function addSteps({ layer: { weights }, factor, stateOf }: Share, { types, transitions, starts }: Sum): void {
  const states = stateCount(types.length);
  stateOf.forEach((row, to) => {
    if (row < 0) return;
    starts[row] = (starts[row] ?? 0) + factor * (weights.starts[to] ?? 0);
    stateOf.forEach((column, from) => {
      if (column < 0) return;
      const at = row * states + column;
      transitions[at] = (transitions[at] ?? 0) + factor * (weights.transitions[to * stateOf.length + from] ?? 0);
    });
  });
}

function packed({ types, features, transitions, starts }: Sum): TaggerLayer {
  const kept = features.map((sum) =>
    [...sum].filter(([, weight]) => Math.abs(weight) >= negligible).sort(([a], [b]) => a - b),
  );
  const begins = new Int32Array(features.length + 1);
  kept.forEach((weights, feature) => {
    begins[feature + 1] = (begins[feature] ?? 0) + weights.length;
  });
  const map: WeightMap = {
    starts: begins,
    states: Uint16Array.from(kept.flatMap((weights) => weights.map(([state]) => state))),
  };
  const weights: CrfWeights = {
    features: Float64Array.from(kept.flatMap((each) => each.map(([, weight]) => weight))),
    transitions,
    starts,
  };
  return { types, map, weights };
}
