import { percent } from '../base/wording.ts';
import type { CorpusProfile } from './corpus-profile.ts';
import type { Finding } from './finding.ts';
import type { LikelyPlace } from './likely-place.ts';
import { wordsOf } from './readable.ts';

/** An out-of-fold answer: labels (keys of outputs) and their probabilities, in the same order. */
export interface OutOfFold {
  readonly labels: readonly string[];
  readonly probabilities: readonly number[];
  /** Where outputs name places: those that may be named, with the probability of each; absent where nobody tells. */
  readonly places?: readonly LikelyPlace[];
}

/** Fewer distinct inputs than this do not show where the domain ends. */
const enoughTexts = 200;
/** With fewer labels than this a low probability only says that the text lies between two of them. */
const enoughLabels = 5;
/** Of fewer content words, such as a greeting's, none need be known. */
const fewestWords = 4;
/** How far above chance the likeliest label may lie, as a share of the way to certainty. */
const atALoss = 0.08;
/** Words in more than this share of the inputs are form words and say nothing of the domain. */
const formWord = 0.02;

/**
 * Outside of what the model is for: a model that never saw the text gives every label a low probability, and hardly any
 * of its content words occurs in the traffic. Both must hold; conservative, since a hard and rare request looks much
 * the same.
 */
export function detectOffDomain(
  text: string,
  profile: CorpusProfile,
  outOfFold: OutOfFold | undefined,
): Finding | null {
  if (outOfFold === undefined || profile.texts < enoughTexts || outOfFold.labels.length < enoughLabels) return null;
  const top = outOfFold.probabilities.reduce((best, p) => Math.max(best, p), 0);
  const chance = 1 / Math.max(2, outOfFold.labels.length);
  const limit = chance + atALoss * (1 - chance);
  if (top > limit) return null;
  const words = [...new Set(wordsOf(text))];
  const frequencies = words
    .map((word) => profile.documentFrequency.get(word) ?? 0)
    .filter((df) => df <= formWord * profile.texts);
  if (frequencies.length < fewestWords) return null;
  const familiar = frequencies.filter((df) => df >= 3).length / frequencies.length;
  if (familiar > 0.35) return null;
  return {
    kind: 'off-domain',
    strength: Math.min(1, 0.6 + (limit - top) / limit / 2),
    reason: `no label is likelier than ${top.toFixed(2)} out of fold, and ${percent(familiar, 0)} of its content words are known to the traffic`,
  };
}
