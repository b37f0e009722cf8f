import type { TaskWords } from '../shared/domain/base/task-kind.ts';
import { percent, plural } from '../shared/domain/base/wording.ts';
import type { FirstEvaluation } from '../shared/operations/evaluate-first.ts';
import { printableLine } from './printable.ts';

const howMeasured = {
  'cross-validation': 'cross-validated, each answered by a model that has not seen it or what is near it',
  holdout: 'held out from a model that learnt from the rest',
  'out-of-fold': 'each answered by one of its models that has not seen it or what is near it',
} as const;

/** How a first checkpoint does on its own examples, for people. */
export function evaluationLines(
  { method, metric, value, lower, upper, of, worst }: FirstEvaluation,
  { facets, parts }: Pick<TaskWords, 'facets' | 'parts'>,
): readonly string[] {
  const figure = `${percent(value)} (95 % interval ${percent(lower)} to ${percent(upper)})`;
  const name = metric.charAt(0).toUpperCase() + metric.slice(1);
  const shown = worst.map(({ facet, right, of: all }) => `${printableLine(facet, 60)} ${right} of ${all}`);
  return [
    `${name} ${figure} on ${plural(of, 'example')}, ${howMeasured[method]}.`,
    ...(shown.length === 0
      ? []
      : [`  weakest ${facets}, ${parts === undefined ? '' : `${parts.several} `}right: ${shown.join(', ')}`]),
  ];
}
