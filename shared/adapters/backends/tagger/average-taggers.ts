import { FeatureVocabulary } from '../embedded/feature-vocabulary.ts';
import type { WeightMap } from './crf.ts';
import { Lexicon } from './lexicon.ts';
import { stateCount } from './states.ts';
import type { TaggerModel } from './tagger-model.ts';

/** A tagger and its part of an average. */
export interface TaggerPart {
  readonly model: TaggerModel;
  /** Parts sum to 1. */
  readonly part: number;
}

/** Weights smaller than this change no answer that anybody would miss, and are left out. */
const negligible = 1e-3;

/**
 * One tagger whose weights are the weighted mean of several; a weight that one of them does not have counts as 0. It
 * knows the surfaces that any of them knows. Types are those of all, in the order of the first that names them.
 * @param threshold of the average
 */
export function averageTaggers(parts: readonly TaggerPart[], threshold: number): TaggerModel {
  const types = [...new Set(parts.flatMap(({ model }) => model.types))];
  const states = stateCount(types.length);
  const vocabulary = new FeatureVocabulary();
  const sums: Map<number, number>[] = [];
  const transitions = new Float64Array(states * states);
  const starts = new Float64Array(states);
  const lexicon = new Lexicon();
  for (const { model, part } of parts) {
    const stateOf = statesWithin(model.types, types);
    const own = stateCount(model.types.length);
    const { low, high } = model.vocabulary.keys();
    low.forEach((half, feature) => {
      const id = vocabulary.findOrAdd(half, high[feature] ?? 0);
      const sum = sums[id] ?? new Map<number, number>();
      sums[id] = sum;
      for (let slot = model.map.starts[feature] ?? 0; slot < (model.map.starts[feature + 1] ?? 0); slot++) {
        const state = stateOf(model.map.states[slot] ?? 0);
        sum.set(state, (sum.get(state) ?? 0) + part * (model.weights.features[slot] ?? 0));
      }
    });
    for (let to = 0; to < own; to++) {
      const row = stateOf(to);
      starts[row] = (starts[row] ?? 0) + part * (model.weights.starts[to] ?? 0);
      for (let from = 0; from < own; from++) {
        const at = row * states + stateOf(from);
        transitions[at] = (transitions[at] ?? 0) + part * (model.weights.transitions[to * own + from] ?? 0);
      }
    }
    lexicon.merge(model.lexicon, (type) => types.indexOf(model.types[type] ?? ''));
  }
  return { types, lexicon, threshold, ...packed(vocabulary, sums), weights: { ...flat(sums), transitions, starts } };
}

/** From the states of one tagger to those of the average. */
function statesWithin(own: readonly string[], types: readonly string[]): (state: number) => number {
  const places = own.map((type) => types.indexOf(type));
  return (state) => (state === 0 ? 0 : 2 * (places[(state - 1) >> 1] ?? 0) + 1 + ((state - 1) & 1));
}

function packed(
  vocabulary: FeatureVocabulary,
  sums: readonly ReadonlyMap<number, number>[],
): { readonly vocabulary: FeatureVocabulary; readonly map: WeightMap } {
  const starts = new Int32Array(sums.length + 1);
  sums.forEach((sum, feature) => {
    starts[feature + 1] = (starts[feature] ?? 0) + kept(sum).length;
  });
  return {
    vocabulary,
    map: { starts, states: Uint16Array.from(sums.flatMap((sum) => kept(sum).map(([state]) => state))) },
  };
}

function flat(sums: readonly ReadonlyMap<number, number>[]): { readonly features: Float64Array } {
  return { features: Float64Array.from(sums.flatMap((sum) => kept(sum).map(([, weight]) => weight))) };
}

function kept(sum: ReadonlyMap<number, number>): [number, number][] {
  return [...sum].filter(([, weight]) => Math.abs(weight) >= negligible).sort(([a], [b]) => a - b);
}
