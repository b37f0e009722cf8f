import { formatCount, plural } from '../../domain/base/wording.ts';
import { type Calibration, fewestAnswers } from '../../domain/evaluation/calibration.ts';
import { figure, responsiveChart } from './chart.ts';
import { calibrationChart, describeBins } from './chart-calibration.ts';
import { formatInterval, formatPercent } from './format.ts';
import { html, type Markup } from './markup.ts';
import { capitalise } from './plain-words.ts';
import type { ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { shownName } from './shown-name.ts';
import { type Column, dataTable, foldedTable } from './table.ts';
import { visibleLine } from './visible-text.ts';

const tabled = 500;
const pastShown = 12;

/** Whether answers given with so much confidence are right as often. */
export function calibrationSection({ calibration, calibrationPast, words }: ReportData): Section | AbsentSection {
  const heading = { id: 'calibration', title: 'Calibration' };
  const overall = calibration?.overall ?? null;
  if (calibration === null || overall === null) {
    return { ...heading, absent: `No figures of calibration: they need ${fewestAnswers} judged answers out of fold.` };
  }
  const { ece, rawEce, n, bins } = overall;
  const text = {
    id: 'chart-calibration',
    title: 'Share of right answers by confidence',
    description: describeBins(bins),
  };
  const byLabel =
    calibration.classEce === null
      ? ''
      : ` By ${words.facet}, each alike, it is ${formatPercent(calibration.classEce)}.`;
  return {
    ...heading,
    body: html`<p>How often an answer is right that is given with so much confidence. On ${plural(n, 'judged answer')} out of fold the calibrated confidence of the champion is off by ${formatPercent(ece)} on average, as the model gives it by ${formatPercent(rawEce)} (expected calibration error).${byLabel} Each answer is calibrated by others than itself.</p>
    ${figure(
      responsiveChart(text, (chart, width, narrow) => calibrationChart(chart, bins, width, narrow)),
      'Up: share of right answers, with 95 % Wilson intervals. Across: calibrated confidence. Answers on the dashed line are right as often as they say.',
    )}
    ${labelTable(calibration, words)}
    ${pastTable(calibrationPast)}`,
  };
}

function labelTable({ labels }: Calibration, { facet, facets }: ReportData['words']): Markup | null {
  const enough = labels.flatMap((label) => ('ece' in label ? [label] : []));
  const few = labels.length - enough.length;
  if (labels.length === 0) return null;
  const columns: readonly Column[] = [
    { title: capitalise(facet) },
    { title: 'Answers', numeric: true },
    { title: 'Right', numeric: true },
    { title: '95 % interval', numeric: true },
    { title: 'Mean confidence', numeric: true },
    { title: 'Error', numeric: true },
    { title: 'Error as given', numeric: true },
  ];
  const rows = enough
    .toSorted((a, b) => b.ece - a.ece)
    .slice(0, tabled)
    .map(({ label, n, ece, rawEce, confidence, accuracy, interval }) => [
      shownName(label, 28),
      formatCount(n),
      formatPercent(accuracy),
      formatInterval(interval),
      formatPercent(confidence),
      formatPercent(ece),
      formatPercent(rawEce),
    ]);
  return html`${rows.length > 0 && foldedTable(`By ${facet} that was answered, the furthest off first`, columns, rows)}
    ${few > 0 && html`<p class="quiet">${plural(few, `${facet} has`, `${facets} have`)} fewer than ${fewestAnswers} answers, and no figures.</p>`}`;
}

function pastTable(past: ReportData['calibrationPast']): Markup | null {
  if (past.length === 0) return null;
  const rows = past
    .slice(-pastShown)
    .map(({ runId, checkpointId, ece, n }) => [
      visibleLine(runId, 60),
      visibleLine(checkpointId, 40),
      formatCount(n),
      formatPercent(ece),
    ]);
  const columns = [
    { title: 'Run' },
    { title: 'Champion after it' },
    { title: 'Answers', numeric: true },
    { title: 'Error', numeric: true },
  ];
  return dataTable('Earlier runs', columns, rows);
}
