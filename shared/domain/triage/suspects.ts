import { compareText } from '../base/text.ts';
import { chanceOfFlip, fitLabelNoise, sharpened } from './label-noise.ts';
import { Neighbourhood } from './neighbourhood.ts';
import type { Suspect, SuspectRecord, SuspectRequest } from './suspect.ts';
import { findSystematic } from './systematic-relabel.ts';
import { likeliest, Trust } from './trust.ts';

/** Fewer records than this say too little of how often the judge errs. */
const enoughRecords = 50;
/** A label is suspect from this probability on that it is wrong. */
const sureOfFlip = 0.8;
/** Share of the neighbours' vote for the given label above which it is no random error. */
const companyShare = 0.3;

/**
 * Finds given labels that are probably wrong, from out-of-fold probabilities (confident learning, Northcutt, Jiang and
 * Chuang 2021). How many of the labels that a model does not expect are the judge's errors and not the model's is told
 * by a mixture fitted to the same probabilities (see `fitLabelNoise`), on failures and passes apart, and bounded by how
 * often the model errs on trusted examples (see `Trust`): a label is suspect when the calibrated model all but rules it
 * out, measured by how often labels are random at all, and records alike do not bear it out. Two models are asked, and
 * either may object: one that learnt from all given labels, which follows a traffic that has changed, and one that
 * learnt from agreed records alone, to which a judge who always errs the same way cannot have passed the mistake on.
 * Labels that are wrong by a rule are found by `findSystematic` too. Human judgements are never suspect.
 */
export function findSuspects({ labels, records, trusted }: SuspectRequest): ReadonlyMap<string, Suspect> {
  const known = records.filter(({ given }) => labels.includes(given));
  if (known.length < enoughRecords || labels.length < 2) return new Map();
  const neighbourhood = new Neighbourhood(records);
  const trust = new Trust(trusted.map(({ given, probabilities }) => ({ probabilities, given: labels.indexOf(given) })));
  const agreedOnly = known.map((record) => ({ ...record, probabilities: record.agreedOnly }));
  return new Map([
    ...findSystematic(agreedOnly, labels, neighbourhood, trust),
    ...findFlips(agreedOnly, labels, neighbourhood, trust),
    ...findFlips(known, labels, neighbourhood, trust),
  ]);
}

function* findFlips(
  records: readonly SuspectRecord[],
  labels: readonly string[],
  neighbourhood: Neighbourhood,
  trust: Trust,
): Generator<[string, Suspect]> {
  const judged = records.map((record) => ({
    record,
    probabilities: record.probabilities,
    given: labels.indexOf(record.given),
  }));
  const contestable = judged.filter(({ record }) => record.judgeKind !== 'human');
  const overall = fitLabelNoise(judged);
  const failures = contestable.filter(isFailure);
  const passes = contestable.filter((item) => !isFailure(item));
  const most = trust.unexplained(failures.length / Math.max(1, contestable.length));
  for (const [group, bound] of [
    [failures, most],
    [passes, 1],
  ] as const) {
    const fitted = group.length < enoughRecords ? overall.rate : fitLabelNoise(group).rate;
    const doubted = group
      .map((item) => ({
        ...item,
        likely: likeliest(item.probabilities),
        strength: chanceOfFlip(
          sharpened(item.probabilities, overall.sharpness, item.given),
          labels.length,
          Math.min(fitted, bound),
        ),
      }))
      .filter(({ record, given, likely, strength }) => {
        return likely !== given && strength >= sureOfFlip && !standsByIt(record, neighbourhood);
      })
      .sort((a, b) => b.strength - a.strength || compareText(a.record.traceId, b.record.traceId))
      .slice(0, Math.ceil(bound * group.length));
    for (const { record, given, likely, strength, probabilities } of doubted) {
      const name = labels[likely] ?? '';
      yield [
        record.traceId,
        {
          kind: 'flipped-label',
          strength,
          likely: name,
          reason:
            `given ${JSON.stringify(record.given)} at ${show(probabilities[given] ?? 0)} out of fold against ${show(probabilities[likely] ?? 0)} ` +
            `for ${JSON.stringify(name)}; wrong with probability ${strength.toFixed(2)}`,
        },
      ];
    }
  }
}

/** Whether records alike were given the same label: a random error has no company. */
function standsByIt(record: SuspectRecord, neighbourhood: Neighbourhood): boolean {
  const { byLabel, total } = neighbourhood.vote(record, 10, () => true);
  return total > 0 && (byLabel.get(record.given) ?? 0) / total > companyShare;
}

function isFailure({ record }: { readonly record: SuspectRecord }): boolean {
  return record.answer !== record.given;
}

function show(probability: number): string {
  return probability < 0.01 ? probability.toExponential(0) : probability.toFixed(2);
}
