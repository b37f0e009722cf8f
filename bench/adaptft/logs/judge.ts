import type { Output } from '../../../shared/domain/base/output.ts';
import type { Random, RandomStream } from '../../../shared/ports/random.ts';
import { labelOf, labelOutput } from '../../../shared/tasks/classification/label.ts';
import type { Labelled } from '../perturbations/corpus.ts';

export const judgeNames = ['random', 'systematic'] as const;
/** How a judge errs: another label each time, or the same label for the same other one each time. */
export type JudgeName = (typeof judgeNames)[number];

/** Gives the wrong correction of an input, beside its right output; null when the judge never errs on it. */
export type WrongOutput = (item: Labelled, random: RandomStream) => Output | null;

/**
 * The systematic judge errs by a cycle through all labels. Of two labels it takes one for the other and never the other
 * way about: else it would be the random judge. What another product would call an input it takes for one label, always
 * the same.
 * @param others labels of another product, which the model does not know
 * @throws when there is no other label to take
 */
export function wrongLabels(
  judge: JudgeName,
  labels: readonly string[],
  seed: number,
  random: Random,
  others: readonly string[] = [],
): WrongOutput {
  if (judge === 'random') {
    return ({ output }, stream) => {
      const right = labelOf(output);
      const wrong = labels.filter((label) => label !== right);
      return named(wrong[stream.below(Math.max(1, wrong.length))], right);
    };
  }
  // A cycle through all labels in random order: none stands for itself.
  const cycle = random.stream(seed, 'adaptft/systematic-judge').shuffle(labels);
  const taken = new Map(cycle.map((label, at) => [label, cycle[(at + 1) % cycle.length]]));
  const forced = random.stream(seed, 'adaptft/systematic-judge/others');
  for (const other of others) taken.set(other, labels[forced.below(labels.length)]);
  const never = cycle.length === 2 ? cycle[1] : undefined;
  return ({ output }) => {
    const right = labelOf(output);
    return right === never ? null : named(taken.get(right), right);
  };
}

function named(label: string | undefined, right: string): Output {
  if (label === undefined || label === right) throw new Error(`there is no other label than ${right}`);
  return labelOutput(label);
}
