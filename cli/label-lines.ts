import { quoted } from '../shared/domain/base/quoted.ts';
import type { TaskWords } from '../shared/domain/base/task-kind.ts';
import { plural } from '../shared/domain/base/wording.ts';
import { columns } from './columns.ts';
import type { CommandResult } from './results.ts';

type Labels = CommandResult<'labels'>;

/** The labels of a model for people: what is on record of each, what is held, what is left open. */
export function labelLines(
  { model, labels, held, leftOpen }: Pick<Labels, 'model' | 'labels' | 'held' | 'leftOpen'>,
  words: Pick<TaskWords, 'facet' | 'facets'>,
  stackOption: string,
): readonly string[] {
  return [
    ...columns([
      [words.facet, 'examples', 'judged traces'],
      ...labels.map(({ label, examples, judged }) => [label, String(examples), String(judged)]),
    ]),
    ...(held.length === 0 ? [] : ['', ...heldLines(held, model, words, stackOption)]),
    ...(leftOpen.examples + leftOpen.judged === 0 ? [] : ['', leftOpenLine(leftOpen)]),
  ];
}

/** What a change of labels does or would do: the labels whose counts differ. */
export function changedLabelLines(
  { labels, held, leftOpen, before }: Labels,
  words: Pick<TaskWords, 'facet'>,
): readonly string[] {
  if (before === null) return [];
  const names = [...new Set([...before.labels, ...labels].map(({ label }) => label))];
  const rows = names.flatMap((name) => {
    const [then, now] = [before.labels, labels].map((all) => all.find(({ label }) => label === name));
    if (then?.examples === now?.examples && then?.judged === now?.judged) return [];
    return [[name, moved(then?.examples, now?.examples), moved(then?.judged, now?.judged)]];
  });
  const nowHeld = new Set(held.map(({ label }) => label));
  const counted = before.held.filter(({ label }) => !nowHeld.has(label));
  return [
    ...columns([[words.facet, 'examples', 'judged traces'], ...rows]),
    ...counted.map(
      ({ label, judged }) =>
        `${plural(judged, 'judgement')} of ${quoted(label)} ${judged === 1 ? 'counts' : 'count'} now.`,
    ),
    ...(leftOpen.examples === before.leftOpen.examples && leftOpen.judged === before.leftOpen.judged
      ? []
      : [leftOpenLine(leftOpen)]),
  ];
}

function moved(before: number | undefined, after: number | undefined): string {
  const show = (count: number | undefined) => (count === undefined ? '–' : String(count));
  return before === after ? show(after) : `${show(before)} → ${show(after)}`;
}

function heldLines(
  held: Labels['held'],
  model: string,
  { facet, facets }: Pick<TaskWords, 'facet' | 'facets'>,
  stackOption: string,
): readonly string[] {
  const command = `ratchet labels ${model}`;
  return [
    `Judgements of ${facets} that the model does not have are held, and count once it has them:`,
    ...columns([
      [`held ${facet}`, 'judged traces', `nearest ${facet}`],
      ...held.map(({ label, judged, nearest }) => [label, String(judged), nearest ?? 'none']),
    ]),
    `Add them: ${command} add NAME${stackOption}. Or take them for another: ${command} merge NAME --into OTHER${stackOption}.`,
  ];
}

function leftOpenLine({ examples, judged }: Labels['leftOpen']): string {
  return `Left open by changes, to be judged anew: ${plural(examples, 'example')}, ${plural(judged, 'judged trace')}. They count for nothing until then.`;
}
