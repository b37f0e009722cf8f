import type { FeatureVocabulary } from '../embedded/feature-vocabulary.ts';
import type { CrfWeights, WeightMap } from './crf.ts';
import type { Lexicon } from './lexicon.ts';

/**
 * A trained tagger: what it knows of texts, and layers that each tag a text on their own. More than one where entities of
 * the examples overlap.
 */
export interface TaggerModel {
  /** Types of entities that had examples; layers, lexicon and `overlapping` name them by their place here. */
  readonly types: readonly string[];
  readonly vocabulary: FeatureVocabulary;
  readonly lexicon: Lexicon;
  /** Entities less sure than this are left out, a fraction. */
  readonly threshold: number;
  /** Whether words are cut before capitals inside of them. */
  readonly cutsWords: boolean;
  /** At least one. A type that stands in several has its outer entities in the first of them. */
  readonly layers: readonly TaggerLayer[];
  /**
   * Types whose entities share characters in the examples: the one that begins first, or ends later, and the other; at one
   * place in any order.
   */
  readonly overlapping: readonly (readonly [number, number])[];
}

/** The weights of a linear-chain CRF over BIO states, of entities that do not overlap. */
export interface TaggerLayer {
  /** In the order of their states, ascending. */
  readonly types: readonly number[];
  readonly map: WeightMap;
  readonly weights: CrfWeights;
}
