import { wordsOfFeature } from '../../../domain/diagnosis/surface-features.ts';
import type { SurfaceProfile } from '../../../domain/diagnosis/taxonomy.ts';

/**
 * One row of a profile as the end of a sentence about the failing inputs: "are longer than …: 31 words against 9 (d =
 * 2.1)".
 */
export function featureSentence({ feature, failing, passing, effect }: SurfaceProfile[number]): string {
  const than = 'than those answered right';
  const more = effect > 0;
  const size = `(d = ${effect.toFixed(1)})`;
  if (feature === 'characters' || feature === 'words') {
    return `are ${more ? 'longer' : 'shorter'} ${than}: ${number(failing)} ${feature} on average against ${number(passing)} ${size}`;
  }
  if (feature === 'meanWordLength') {
    return `have ${more ? 'longer' : 'shorter'} words ${than}: ${number(failing)} characters against ${number(passing)} ${size}`;
  }
  const known = wordsOfFeature(feature);
  if (known?.share === true) {
    return `hold ${more ? 'more' : 'less'} ${known.words} ${than}: ${(100 * failing).toFixed(0)} % of characters against ${(100 * passing).toFixed(0)} % ${size}`;
  }
  return `hold ${more ? 'more' : 'fewer'} ${known?.words ?? feature} ${than}: ${number(failing)} on average against ${number(passing)} ${size}`;
}

/** A mean with as many digits as it takes to read it. */
function number(value: number): string {
  return Math.abs(value) >= 10 ? value.toFixed(0) : Math.abs(value) >= 1 ? value.toFixed(1) : value.toFixed(2);
}
