import { fitSharpness, sharpened } from './label-noise.ts';
import type { SuspectRecord } from './suspect.ts';

/** No probability counts as smaller than this: a model is never that sure. */
const smallest = 1e-5;
/** Sharpness among corrections, as a share of that among all. */
const sharpnessOfCorrections = 0.8;
/** What the logit of the corrected output loses, after sharpening. */
const alreadyCounted = 2;

/** A record whose given label is known, with the positions of its labels. */
export interface KnownRecord {
  readonly record: SuspectRecord;
  readonly given: number;
  /** Position of the output that was judged; null where there was none, or it is no known label. */
  readonly recorded: number | null;
}

/**
 * What two passes say of each record, calibrated: softmax of the mean of their logits, sharpened to fit all records
 * (see `fitSharpness`). Corrections are apart: where they are right the served model was wrong, and what it is wrong on
 * the passes find hard too. So they are less sure there, and less of what the served model said and the judge took
 * away, which the rate of wrong corrections already counts. Both constants were chosen on development logs of
 * AdaptFT-Bench (docs/adr/0027).
 */
export function evidenceOf(known: readonly KnownRecord[]): Float64Array[] {
  const samples = known.map(({ record, given }) => ({ logits: meanLogits(record), given }));
  const sharpness = fitSharpness(samples);
  return samples.map(({ logits }, at) => {
    const { record, recorded } = known[at] ?? { record: null, recorded: null };
    if (record === null || record.recorded === record.given) return sharpened(logits, sharpness);
    const less = sharpnessOfCorrections * sharpness;
    if (recorded !== null) logits[recorded] = (logits[recorded] ?? 0) - alreadyCounted / less;
    return sharpened(logits, less);
  });
}

function meanLogits({ first, second }: SuspectRecord): Float64Array {
  return Float64Array.from(first, (p, at) => {
    return (Math.log(Math.max(smallest, p)) + Math.log(Math.max(smallest, second[at] ?? 0))) / 2;
  });
}
