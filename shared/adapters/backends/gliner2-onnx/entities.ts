import { compareText } from '../../../domain/base/text.ts';
import type { Prediction } from '../../../ports/predictor.ts';
import { entitiesOutput } from '../../../tasks/extraction/entity.ts';

/** Where an entity may be, in UTF-16 offsets, with its probability. */
export interface Place {
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly chance: number;
}

/**
 * The entities of a text as `_entities` in `gliner2.py` takes them: the surest places first; of two that overlap the surer
 * one, where entities may not overlap, and of one type always. Confidence is that of the least sure entity, or what the
 * surest place that was left out lacks.
 * @param options.threshold places less probable are left out
 */
export function entityAnswer(
  text: string,
  places: readonly Place[],
  { threshold, overlaps }: { readonly threshold: number; readonly overlaps: boolean },
): Prediction {
  const kept: Place[] = [];
  let leftOut = 0;
  // Rounded before, so that of places that are as good as certain the first and longest come first.
  const ranked = places.map((place) => ({ ...place, chance: rounded(place.chance) })).sort(surestFirst);
  for (const place of ranked) {
    const clashes = kept.some(
      (other) => place.start < other.end && other.start < place.end && (!overlaps || place.label === other.label),
    );
    if (clashes) continue;
    if (place.chance >= threshold) kept.push(place);
    else leftOut = Math.max(leftOut, place.chance);
  }
  const output = entitiesOutput(
    kept.map(({ label, start, end, chance }) => ({
      label,
      start,
      end,
      text: text.slice(start, end),
      confidence: chance,
    })),
  );
  const confidence = Math.min(1 - leftOut, ...kept.map(({ chance }) => chance));
  return { output, confidence, alternatives: [{ output, confidence }] };
}

function surestFirst(a: Place, b: Place): number {
  return b.chance - a.chance || a.start - b.start || b.end - a.end || compareText(a.label, b.label);
}

/** To six digits, as in Python. */
function rounded(chance: number): number {
  return Math.round(chance * 1e6) / 1e6;
}
