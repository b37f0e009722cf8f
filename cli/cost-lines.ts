import { plural } from '../shared/domain/base/wording.ts';
import type { RunResult } from '../shared/loop/state/run-result.ts';
import { duration } from '../shared/operations/estimate-training.ts';

/** What the trainings of a run and the answers took that are paid for, a line each; none where nothing is counted. */
export function costLines({ costs: { trainings, answers } }: Pick<RunResult, 'costs'>): string[] {
  const seconds = trainings.reduce((sum, one) => sum + one.seconds, 0);
  const usd = trainings.reduce((sum, one) => sum + one.usd, 0);
  return [
    ...(trainings.length === 0
      ? []
      : [`${plural(trainings.length, 'training')} took ${duration(seconds)}: $${usd.toFixed(2)}.`]),
    ...(answers === null
      ? []
      : [
          `${plural(answers.inputs, 'answer that is paid for', 'answers that are paid for')}: $${answers.usd.toFixed(4)}.`,
        ]),
  ];
}
