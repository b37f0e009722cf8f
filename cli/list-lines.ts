import { percent, plural } from '../shared/domain/base/wording.ts';
import { taskKinds } from '../shared/tasks/task-kinds.ts';
import type { CommandResult } from './results.ts';

type Listed = CommandResult<'list'>['models'][number];

/** The models for people: a line with the figures of each, and one that says what comes next. */
export function listLines(models: readonly Listed[]): readonly string[] {
  return models.flatMap((model) => [
    `${model.model}: ${[whatItIs(model), champion(model), traffic(model)].join(' · ')}`,
    `  ${whatComesNext(model)}`,
  ]);
}

function whatItIs({ task, labels }: Listed): string {
  const words = taskKinds.get(task)?.words;
  return labels === 0 ? task : `${task}, ${plural(labels, words?.facet ?? 'label', words?.facets)}`;
}

const measures = {
  'out-of-fold': 'out of fold',
  'cross-validation': 'cross-validated',
  holdout: 'held out',
} as const;

function champion({ task, champion: found }: Listed): string {
  if (found === null) return 'no champion yet';
  const { checkpoint, since, score } = found;
  const metric = taskKinds.get(task)?.words.parts?.metric;
  const value = score === null ? '' : `${metric === undefined ? '' : `${metric} `}${percent(score.value)}`;
  const measured = score === null ? '' : `, ${value} ${measures[score.measuredBy]}`;
  return `champion ${checkpoint} since ${since.slice(0, 10)}${measured}`;
}

function traffic({ traffic: { traces, judged, failed } }: Listed): string {
  if (traces === 0) return 'no traces yet';
  const failing = judged === 0 ? '' : `, ${percent(failed / judged)} of them failed`;
  return `${plural(traces, 'trace')}, ${plural(judged, 'judged', 'judged')}${failing}`;
}

function whatComesNext({ active, next, champion: found, traffic: { judged }, model }: Listed): string {
  if (active !== null) return `Run ${active} is going on.`;
  if (found === null) {
    return judged === 0
      ? `Next: ratchet create ${model} --examples FILE`
      : `Next: ratchet create ${model} --from-traces (${plural(judged, 'judged trace')} are here)`;
  }
  return next.due ? `A run is due: ${next.reason}` : `No run is due: ${next.reason}`;
}
