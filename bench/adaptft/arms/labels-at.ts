import type { LabelReading } from '../../../shared/domain/base/label-change.ts';
import type { Output } from '../../../shared/domain/base/output.ts';
import type { AnswersToday } from '../../../shared/ports/answer-today.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { labelOf, labelOutput } from '../../../shared/tasks/classification/label.ts';
import type { StagedLog } from '../logs/staged-log.ts';
import type { Answer } from '../logs/trace-line.ts';
import type { Labelled } from '../perturbations/corpus.ts';
import type { Prepared } from './prepared.ts';

/** A log with the answer of the model that served it. */
interface Answered {
  readonly log: StagedLog;
  readonly answer: Answer;
}

/** The labels of a stage. */
export function labelsAt({ draw, drift }: Prepared, stage: number): readonly string[] {
  return drift?.labelsAt(stage) ?? draw.labels;
}

/** What is right of an input that scores, after a stage. */
export function rightAt({ drift }: Prepared, output: Output, stage: number): Output {
  return drift === undefined ? output : labelOutput(drift.nameAt(labelOf(output), stage));
}

/** How answers of any model read in the labels of a stage; null where labels never change. */
export function answersAt({ drift }: Prepared, stage: number): AnswersToday | null {
  return drift === undefined ? null : { reading: drift.readingAt(stage), kind: classification };
}

/** Examples in the labels of a stage, as somebody would rename them in a file; what was split is left out. */
export function examplesAt(prepared: Prepared, examples: readonly Labelled[], stage: number): readonly Labelled[] {
  const reading = prepared.drift?.readingAt(stage);
  if (reading === undefined) return examples;
  return examples.flatMap(({ input, output }) => {
    const today = inLabelsOf(output, reading);
    return today === null ? [] : [{ input, output: today }];
  });
}

/** Served logs in the labels of a stage; what was judged of a label that was split counts as not judged. */
export function logsAt(prepared: Prepared, logs: readonly Answered[], stage: number): readonly Answered[] {
  const reading = prepared.drift?.readingAt(stage);
  if (reading === undefined) return logs;
  return logs.map(({ log, answer }) => {
    const expected = inLabelsOf(log.expected, reading);
    const isOpen = log.expected !== null && expected === null;
    return {
      log: { ...log, expected, ...(isOpen ? { unjudged: true as const } : {}) },
      answer: { ...answer, output: inLabelsOf(answer.output, reading) },
    };
  });
}

function inLabelsOf(output: Output | null, reading: LabelReading): Output | null {
  return output === null ? null : reading.translate(output).output;
}
