import { table } from '../adaptft/results/markdown-table.ts';
import { interval, percent, signed } from '../adaptft/results/wording.ts';
import type { CellSummary, Summary } from './summarise.ts';

export interface PageFacts {
  readonly command: string;
  readonly seeds: readonly number[];
  readonly machine: string;
  readonly versions: string;
  readonly cpuMinutes: number;
  /** The picture, as the page links to it. */
  readonly chart: string;
}

/** The results as a page of Markdown. */
export function markdown(summary: Summary, facts: PageFacts): string {
  return [
    '# Weak starts: when does a run pay?',
    '',
    ...answer(summary),
    '',
    `![Gain of one run by labels, first examples and traces](${facts.chart})`,
    '',
    ...table(
      ['traces', 'runs', 'promoted', 'fewer right after', 'gain, points', 'less retraining on everything'],
      summary.byTraces.map((row) => [
        row.traces.toLocaleString('en'),
        String(row.runs),
        String(row.promoted),
        String(row.lower),
        interval(row.gain),
        interval(row.lessAll),
      ]),
    ),
    '',
    '## What is measured',
    '',
    'A model begins with 2, 5 or 10 examples of each of 30, 77 or 150 of CLINC150’s intents (USE-Lite, default configuration). It answers 250 to 3,000 texts of clean traffic; a judge says what',
    'is right, and errs: 15 % of the logs carry poison of [AdaptFT-Bench’s kinds](perturbations.md), half of them a wrong correction to a random other label. Then the loop runs once, with a model’s own settings.',
    'Accuracy is that on up to 900 fresh texts of the data’s own test split, that no log holds. "Everything" is the same trainer on the first examples and all that was judged. Intervals are 95 %, over seeds',
    'and inputs, few seeds only: read a cell with its neighbours.',
    '',
    `\`${facts.command}\` · seeds ${facts.seeds.join(', ')} · ${facts.versions} · ${facts.machine} · ${facts.cpuMinutes.toFixed(0)} CPU minutes. \`DIR\` holds \`clinc150/data_full.json\`.`,
    '',
    '## Gain of one run',
    '',
    'Points of fresh accuracy over the first checkpoint, and how many of the runs promoted.',
    '',
    ...grid(summary.cells, ({ gain, promoted, seeds }) => `${interval(gain)}, ${promoted} of ${seeds}`),
    '',
    '## Less retraining on everything',
    '',
    ...grid(summary.cells, ({ lessAll }) => interval(lessAll)),
    '',
    '## Accuracy before and after, and what there was to learn from',
    '',
    'Per cent; failures after triage and records of evidence.',
    '',
    ...grid(
      summary.cells,
      ({ start, after, failures, records }) =>
        `${percent(start)} → ${percent(after)}; ${failures.toFixed(0)} of ${records.toFixed(0)}`,
    ),
    '',
    ...refusals(summary.cells),
  ].join('\n');
}

/** One point of accuracy. */
const point = 0.01;

/** In a few sentences, for who reads no further. */
function answer({ cells, byTraces }: Summary): string[] {
  const runs = cells.reduce((sum, { seeds }) => sum + seeds, 0);
  const promoted = cells.reduce((sum, each) => sum + each.promoted, 0);
  const pays = (cell: CellSummary) => cell.promoted === cell.seeds && cell.gain.mean >= point;
  const sure = byTraces.find((row) => cells.filter(({ traces }) => traces >= row.traces).every(pays))?.traces;
  const never = cells.filter((cell) => cell.promoted === 0);
  const behind = cells.filter(({ lessAll }) => lessAll.mean < -point);
  return [
    `**${promoted} of ${runs} runs promoted; ${sure === undefined ? 'no number of traces paid in every cell' : `from ${sure.toLocaleString('en')} traces on every run pays`}** (each run promotes, and gains a point or more on average).`,
    `${never.length === 0 ? 'Every cell promoted at least once.' : `Never promoted: ${named(never)}.`} More than a point behind retraining on everything: ${behind.length === 0 ? 'none' : behind.map((cell) => `${named([cell])} (${signed(cell.lessAll.mean)})`).join(', ')}.`,
  ];
}

function named(cells: readonly CellSummary[]): string {
  return cells
    .map(({ labels, perLabel, traces }) => `${labels} labels × ${perLabel} with ${traces.toLocaleString('en')} traces`)
    .join(', ');
}

function grid(cells: readonly CellSummary[], show: (cell: CellSummary) => string): string[] {
  const counts = [...new Set(cells.map(({ traces }) => traces))].sort((a, b) => a - b);
  const rows = [...Map.groupBy(cells, ({ labels, perLabel }) => `${labels} × ${perLabel}`)];
  return table(
    ['labels × examples', ...counts.map((count) => `${count.toLocaleString('en')} traces`)],
    rows.map(([name, own]) => [
      name,
      ...counts.map((count) => {
        const cell = own.find(({ traces }) => traces === count);
        return cell === undefined ? '' : show(cell);
      }),
    ]),
  );
}

function refusals(cells: readonly CellSummary[]): string[] {
  const kept = cells.filter((cell) => cell.kept !== null);
  if (kept.length === 0) return [];
  return [
    '## Why the champion stayed',
    '',
    'The first run of each cell that kept it.',
    '',
    ...table(
      ['cell', 'kept', 'reason'],
      kept.map((cell) => [named([cell]), `${cell.seeds - cell.promoted} of ${cell.seeds}`, cell.kept ?? '']),
    ),
    '',
  ];
}
