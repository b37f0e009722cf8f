import { mergeMoments, momentsOf, noMoments } from '../../../domain/base/moments.ts';
import type { TaskWords } from '../../../domain/base/task-kind.ts';
import { type Fault, missedAlone, surplusAlone } from './fault.ts';
import { quoted, roughly } from './group.ts';
import type { Evidence } from './merge-analyses.ts';
import { separability } from './separability.ts';
import { inputSignature } from './signature.ts';

/**
 * Share of failures whose near-identical input also carries the answered label, from which on the labels contradict.
 */
const contradictingShare = 0.3;
/** The rarer direction of a pair against the commoner one. */
const aboutEqual = 0.5;
/** Balanced accuracy below which the right and the wrong label's inputs count as indistinguishable; chance is 0.5. */
const indistinguishable = 0.65;
/** Failing margins against those of all passing inputs: below this the champion is as unsure as the labels are. */
const smallMargin = 0.6;

/**
 * Whether a pair of facets (labels) cannot be told apart by the input, with the reasons as sentences; null when it can.
 * Either near-identical inputs carry both labels, or both directions are confused about equally, the failing inputs
 * look like the passing ones of the label they were answered with, and the champion is unsure.
 * @param forward failures with this expected and answered label @param backward those the other way round
 */
export function ambiguity(
  evidence: Evidence,
  forward: readonly Fault[],
  backward: readonly Fault[],
  { facet }: Pick<TaskWords, 'facet'>,
): string[] | null {
  const [first] = forward;
  const expected = first === undefined ? null : missedAlone(first);
  const answer = first === undefined ? null : surplusAlone(first);
  if (expected === null || answer === null) return null;
  const names = `${quoted(expected)} and ${quoted(answer)}`;

  const answerPassing = evidence.passes.get(answer);
  const elsewhere = new Set(backward.flatMap((failure) => inputSignature(failure.input) ?? []));
  const twins = forward.filter((failure) => {
    const signature = inputSignature(failure.input);
    return signature !== null && (elsewhere.has(signature) || answerPassing?.signatures.has(signature) === true);
  });
  if (twins.length >= 3 && twins.length >= contradictingShare * forward.length) {
    return [
      `${twins.length} of ${forward.length} inputs also occur, word for word or nearly so, with the ${facet} ${quoted(answer)}.`,
    ];
  }

  const rarer = Math.min(forward.length, backward.length);
  if (rarer < 3 || rarer < aboutEqual * Math.max(forward.length, backward.length)) return null;
  const failingMargin = momentsOf([...forward, ...backward].map((failure) => failure.margin)).mean;
  const passingMargin = [...evidence.passes.values()].reduce(
    (all, passing) => mergeMoments(all, passing.margins),
    noMoments,
  ).mean;
  if (failingMargin > smallMargin * passingMargin) return null;
  const expectedPassing = evidence.passes.get(expected);
  const directions = [
    separability(textsOf(forward), answerPassing?.sample ?? []),
    separability(textsOf(backward), expectedPassing?.sample ?? []),
  ].filter((value) => value !== null);
  const accuracy = directions.reduce((sum, value) => sum + value, 0) / directions.length;
  if (directions.length === 0 || accuracy > indistinguishable) return null;
  return [
    `${names} are confused both ways, ${forward.length} and ${backward.length} times.`,
    `Their inputs can hardly be told apart: likeness finds the right ${facet} ${roughly(accuracy)} of the time, where guessing finds 50 %.`,
    `The model is unsure of these answers: its margin averages ${failingMargin.toFixed(2)}, against ${passingMargin.toFixed(2)} on all it has right.`,
  ];
}

function textsOf(failures: readonly Fault[]): string[] {
  return failures.map((failure) => failure.input);
}
