import { compareText } from '../base/text.ts';
import { evidenceOf, type KnownRecord } from './evidence.ts';
import { JudgeHabits } from './judge-habits.ts';
import type { Suspect, SuspectRequest } from './suspect.ts';
import { wrongLabelPosterior } from './wrong-label-posterior.ts';

/** Fewer judgements than this, those of people apart, say too little of how often the judge errs. */
const enoughRecords = 50;
/** What a judge writes for what is a table of labels by labels; with more than this there is neither room nor data. */
const mostLabels = 2_000;
/** Lower than one half: a wrong label does more harm in training than a right one that is missing. */
const suspectFrom = 0.3;
/** So many records that follow each other are a stretch of time. */
const stretchRecords = 250;

/**
 * Finds given labels that are probably wrong, from what two passes of models say out of fold (see `evidenceOf`) and
 * what that tells of how the judge errs (see `wrongLabelPosterior`): of corrections and of passes apart, and over time.
 * What a person judged is never suspect, and tells nothing of how a judge errs.
 */
export function findSuspects(request: SuspectRequest): ReadonlyMap<string, Suspect> {
  const { labels, from = suspectFrom } = request;
  const contested = contestedRecords(request);
  if (contested.length < enoughRecords || labels.length < 2 || labels.length > mostLabels) return new Map();
  const evidence = evidenceOf(contested);
  const stretches = Math.max(1, Math.floor(contested.length / stretchRecords));
  const { wrong, likely, errors } = wrongLabelPosterior(
    contested.map(({ record, given }, at) => ({
      probabilities: evidence[at] ?? [],
      given,
      kind: Number(record.recorded !== record.given),
      stretch: Math.min(stretches - 1, Math.floor(at / stretchRecords)),
    })),
    labels.length,
  );
  const habits = new JudgeHabits(errors);
  return new Map(
    contested.flatMap(({ record, given }, at): [string, Suspect][] => {
      const strength = wrong[at] ?? 0;
      if (strength < from) return [];
      const right = likely[at] ?? 0;
      const name = labels[right] ?? '';
      const kind = habits.isRule(right, given) ? 'systematic-relabel' : 'flipped-label';
      const reason =
        `given ${JSON.stringify(record.given)}, wrong with probability ${strength.toFixed(2)} and then probably ` +
        `${JSON.stringify(name)}, for which the judge writes it ${habits.timesOf(right, given)}`;
      return [[record.traceId, { kind, given: record.given, likely: name, strength, reason }]];
    }),
  );
}

/** What is not for a person alone to say, in order of time. */
function contestedRecords({ labels, records }: SuspectRequest): KnownRecord[] {
  const places = new Map(labels.map((label, at) => [label, at]));
  return records
    .flatMap((record): KnownRecord[] => {
      const given = places.get(record.given);
      if (given === undefined || record.judgeKind === 'human') return [];
      const recorded = record.recorded === null ? null : (places.get(record.recorded) ?? null);
      return [{ record, given, recorded }];
    })
    .sort(({ record: a }, { record: b }) => {
      return Date.parse(a.timestamp) - Date.parse(b.timestamp) || compareText(a.traceId, b.traceId);
    });
}
