import { JudgeHabits } from './judge-habits.ts';
import { fitSharpness, sharpened } from './label-noise.ts';
import type { Suspect, SuspectRecord, SuspectRequest } from './suspect.ts';
import { wrongLabelPosterior } from './wrong-label-posterior.ts';

/** Fewer records than this say too little of how often the judge errs. */
const enoughRecords = 50;
/** A label is suspect from this probability on that it is wrong. */
const suspectFrom = 0.3;
/** No probability counts as smaller than this: a model is never that sure. */
const smallest = 1e-5;

/**
 * Finds given labels that are probably wrong, from what two passes of models say out of fold (see `SuspectRecord`): the
 * mean of their logits, sharpened to fit (see `fitSharpness`), is the evidence of the posterior (see
 * `wrongLabelPosterior`). Corrections and passes have a rate of wrong labels each. What a person judged is never
 * suspect, and tells nothing of how a judge errs.
 */
export function findSuspects({ labels, records }: SuspectRequest): ReadonlyMap<string, Suspect> {
  const places = new Map(labels.map((label, at) => [label, at]));
  const known = records.flatMap((record) => {
    const given = places.get(record.given);
    return given === undefined ? [] : [{ record, given, logits: meanLogits(record) }];
  });
  const contested = known.filter(({ record }) => record.judgeKind !== 'human');
  if (contested.length < enoughRecords || labels.length < 2) return new Map();
  const sharpness = fitSharpness(known);
  const { wrong, likely, errors } = wrongLabelPosterior(
    contested.map(({ record, given, logits }) => ({
      probabilities: sharpened(logits, sharpness),
      given,
      group: Number(record.corrected),
    })),
    labels.length,
  );
  const judge = new JudgeHabits(errors);
  return new Map(
    contested.flatMap(({ record, given }, at): [string, Suspect][] => {
      const strength = wrong[at] ?? 0;
      if (strength < suspectFrom) return [];
      const right = likely[at] ?? 0;
      const name = labels[right] ?? '';
      return [
        [
          record.traceId,
          {
            kind: judge.isRule(right, given) ? 'systematic-relabel' : 'flipped-label',
            given: record.given,
            likely: name,
            strength,
            reason:
              `given ${JSON.stringify(record.given)}, wrong with probability ${strength.toFixed(2)} and then probably ` +
              `${JSON.stringify(name)}, for which the judge writes it ${judge.timesOf(right, given)}`,
          },
        ],
      ];
    }),
  );
}

function meanLogits({ first, second }: SuspectRecord): Float64Array {
  return Float64Array.from(first, (p, at) => {
    return (Math.log(Math.max(smallest, p)) + Math.log(Math.max(smallest, second[at] ?? 0))) / 2;
  });
}
