import { driftHeadline, findingWords, signalNames } from '../../domain/drift/drift-words.ts';
import { figure, responsiveChart } from './chart.ts';
import { driftChart } from './chart-drift.ts';
import { html } from './markup.ts';
import { capitalise } from './plain-words.ts';
import type { ReportData } from './report-data.ts';
import type { Section } from './section.ts';
import { dataTable } from './table.ts';
import { visibleLine, visibleName } from './visible-text.ts';

/** Whether the traffic has changed since the champion began that the run began with; null where nobody has looked. */
export function driftSection({ drift }: ReportData): Section | null {
  if (drift === null || drift.traces === 0) return null;
  const rows = drift.findings.map((finding) => [
    signalNames[finding.signal],
    finding.level.toFixed(2),
    visibleLine(findingWords(finding, (label) => visibleName(label, 40)) ?? 'too few yet', 200),
    finding.seenAt === null ? '–' : visibleLine(finding.seenAt.slice(0, 10), 20),
  ]);
  const text = {
    id: 'chart-drift',
    title: 'Evidence that the traffic has changed, by look',
    description: drift.findings
      .map(({ signal, level }) => `${signalNames[signal]}: ${level.toFixed(2)} now.`)
      .join(' '),
  };
  return {
    id: 'drift',
    title: 'Drift',
    body: html`<p>${capitalise(driftHeadline(drift))}. Each test holds what comes against all that came before in the champion's time.</p>
    ${
      drift.points.length > 1 &&
      figure(
        responsiveChart(text, (chart, width, narrow) => driftChart(chart, drift, width, narrow)),
        'Up: logarithm of the evidence over that of what proves a change. At the dashed line it is proven.',
      )
    }
    ${dataTable('What has changed', [{ title: 'What' }, { title: 'Evidence now', numeric: true }, { title: 'Figures' }, { title: 'Seen' }], rows)}`,
  };
}
