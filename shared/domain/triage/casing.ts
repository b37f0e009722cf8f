/** How a text uses capitals; `none` where it has too few letters with case to tell. */
export type Casing = 'none' | 'lower' | 'sentence' | 'upper' | 'mixed';

const caseChange = /\p{Ll}\p{Lu}/gu;

/** The casing of a text. `mixed` is capitals inside words, as in "hElLo". */
export function casingOf(text: string): Casing {
  const upper = text.match(/\p{Lu}/gu)?.length ?? 0;
  const lower = text.match(/\p{Ll}/gu)?.length ?? 0;
  if (upper + lower < 8) return 'none';
  if (upper === 0) return 'lower';
  if (upper / (upper + lower) >= 0.7) return 'upper';
  const changes = text.match(caseChange)?.length ?? 0;
  // Names such as PayPal and iPhone have a change or two among many letters.
  return changes >= 3 && changes / (upper + lower) >= 0.2 ? 'mixed' : 'sentence';
}
