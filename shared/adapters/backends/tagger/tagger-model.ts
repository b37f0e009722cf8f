import type { FeatureVocabulary } from '../embedded/feature-vocabulary.ts';
import type { CrfWeights, WeightMap } from './crf.ts';
import type { Lexicon } from './lexicon.ts';

/** A trained tagger: what it knows of texts, and the weights of a linear-chain CRF over BIO states. */
export interface TaggerModel {
  /** Types of entities that had examples, in the order of their states. */
  readonly types: readonly string[];
  readonly vocabulary: FeatureVocabulary;
  readonly map: WeightMap;
  readonly weights: CrfWeights;
  readonly lexicon: Lexicon;
  /** Entities less sure than this are left out, a fraction. */
  readonly threshold: number;
}
