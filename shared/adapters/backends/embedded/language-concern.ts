import { countLanguages } from '../../../domain/base/languages.ts';
import { percent } from '../../../domain/base/wording.ts';
import type { Foundation } from './embedded-configuration.ts';

/** The languages that a foundation was trained on; of those of one's own nobody knows. */
const foundationLanguages: ReadonlyMap<Foundation, readonly string[]> = new Map([['use-lite', ['English']]]);

/** Fewer texts that tell their language say nothing of the rest. */
const enoughTexts = 5;

/** Says so where most of the inputs that tell their language are in one that the foundation does not know. */
export function languageConcern(foundation: Foundation, inputs: readonly string[]): string | null {
  const known = foundationLanguages.get(foundation);
  if (known === undefined) return null;
  const counts = [...countLanguages(inputs)].sort((a, b) => b[1] - a[1]);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const foreign = counts.filter(([language]) => !known.includes(language));
  const share = foreign.reduce((sum, [, count]) => sum + count, 0) / Math.max(1, total);
  if (total < enoughTexts || share <= 0.5) return null;
  const named = foreign.slice(0, 3).map(([language]) => language);
  return (
    `${percent(share, 0)} of the examples that tell their language are not in ${known.join(' or ')} but in ${named.join(', ')}; ` +
    `the foundation ${foundation} knows ${known.join(' and ')} alone, so try --foundation none, or an encoder of that language (docs/back-ends.md)`
  );
}
