import type { Output } from '../../domain/base/output.ts';
import { quoted } from '../../domain/base/quoted.ts';
import type { Grade, Pattern, TaskKind } from '../../domain/base/task-kind.ts';
import { normalisedText } from '../../domain/base/text.ts';
import { wilsonScore } from '../../domain/base/wilson.ts';
import {
  loneJudgeDetectors,
  noiseDetectors,
  poisonDetectors,
  suspectDetectors,
} from '../../domain/triage/detector-name.ts';
import {
  type ClassificationSpec,
  classificationSpecFrom,
  classificationSpecSchema,
  hasLabel,
} from './classification-spec.ts';
import { labelOf, labelOutput, labelSchema } from './label.ts';
import { relabelling } from './label-changes.ts';
import { labelPreservingVariants } from './label-preserving-variants.ts';
import { readLabel } from './read-label.ts';
import { writtenLabel } from './written-label.ts';

/** One label an input, of a fixed set. An output is stored as the label itself. */
export const classification: TaskKind<ClassificationSpec> = {
  kind: 'classification',
  words: { facet: 'label', facets: 'labels', output: '"label"' },
  spec: classificationSpecSchema,
  output: labelSchema.transform(labelOutput),
  triage: [...poisonDetectors, ...noiseDetectors, ...suspectDetectors, ...loneJudgeDetectors],
  causes: [
    'label-confusion',
    'missed-label',
    'false-alarm',
    'surface-trap',
    'length',
    'noise',
    'tool',
    'schema',
    'ambiguous',
    'out-of-scope',
  ],
  anchored: false,
  specFrom: classificationSpecFrom,
  knownFacets: ({ labels }) => labels,
  read: readLabel,
  form: (output) => normalisedText(labelOf(output)),
  problem(task, _input, output) {
    const label = labelOf(output);
    if (hasLabel(task, label)) return null;
    return {
      reason: `label ${JSON.stringify(label.slice(0, 80))} is not one of the model's ${task.labels.length}`,
      mend: 'use one of the labels that "ratchet labels MODEL" lists, or add it',
      unknown: [label],
    };
  },
  // No label is empty, so none is taken for no answer.
  key: (output) => (output === null ? '' : labelOf(output)),
  same: (a, b) => labelOf(a) === labelOf(b),
  facets: (output) => [labelOf(output)],
  grade: gradeLabel,
  score(grades) {
    const right = grades.filter((grade) => grade.right).length;
    const value = grades.length === 0 ? 0 : right / grades.length;
    return { metric: 'accuracy', value, ...wilsonScore(right, grades.length) };
  },
  pattern: patternOf,
  variants: (input, output, count) => labelPreservingVariants(input, count).map((variant) => ({ ...variant, output })),
  relabelling,
  written: writtenLabel,
  show: (output) => (output === null ? 'no answer' : labelOf(output)),
};

function gradeLabel(expected: Output, answer: Output | null): Grade {
  const wanted = labelOf(expected);
  const given = answer === null ? null : labelOf(answer);
  if (given === wanted) return { right: true, credit: 1, parts: [{ facet: wanted, tp: 1, fp: 0, fn: 0 }] };
  const missed = { facet: wanted, tp: 0, fp: 0, fn: 1 };
  const alarm = given === null ? [] : [{ facet: given, tp: 0, fp: 1, fn: 0 }];
  return { right: false, credit: 0, parts: [missed, ...alarm] };
}

function patternOf(expected: Output, answer: Output | null): Pattern {
  const wanted = labelOf(expected);
  const given = answer === null ? null : labelOf(answer);
  return {
    key: JSON.stringify([wanted, given]),
    title: given === null ? `${quoted(wanted)} left unanswered` : `${quoted(wanted)} answered as ${quoted(given)}`,
    facets: [wanted],
  };
}
