import type { Dataset } from '../../domain/dataset.ts';
import type { ReportData } from '../../domain/report.ts';
import { figure, responsiveChart } from './chart.ts';
import { compositionChart } from './chart-composition.ts';
import { formatCount, formatPercent, plural } from './format.ts';
import { html, type Markup } from './markup.ts';
import { missing, type Section } from './section.ts';
import { dataTable } from './table.ts';
import { visibleLine, visibleProse } from './visible-text.ts';
import { humanise, modeMeanings, sliceTitles } from './words.ts';

/** What each candidate was trained on: slices against their bands, quality controls, and what was left out. */
export function curriculumSection(data: ReportData): Section {
  return {
    id: 'curriculum',
    title: 'What it was trained on',
    body:
      data.datasets.length === 0
        ? missing('No training set was built: the run ended before there was something to train on.')
        : html`<p>Shares are of total sample weight. The dashed box is the band that a slice should lie in.</p>${data.datasets.map((dataset, index) => datasetCard(dataset, index, data))}`,
  };
}

function datasetCard(dataset: Dataset, index: number, data: ReportData): Markup {
  const { manifest } = dataset;
  const users = data.candidates.filter((candidate) => candidate.datasetId === dataset.datasetId).length;
  const unmet = manifest.controls.filter((control) => !control.met).length;
  return html`<article class="dataset">
    <h3>Iteration ${String(dataset.iteration)}, ${dataset.mode} <span class="id">${visibleLine(dataset.datasetId, 40)}</span></h3>
    <p>${plural(manifest.examples, 'example')} of ${plural(manifest.labels, 'label')}: ${modeMeanings[dataset.mode]}. ${users === 0 ? 'No candidate was trained on it.' : `${plural(users, 'candidate')} trained on it.`}</p>
    ${composition(dataset, index)}
    ${
      manifest.controls.length > 0 &&
      html`<details${unmet > 0 && html` open`}><summary>Quality controls: ${manifest.controls.length - unmet} of ${manifest.controls.length} met</summary>
      ${dataTable(
        'Quality controls',
        [{ title: 'Control' }, { title: 'Wanted' }, { title: 'Measured' }, { title: 'Result' }],
        manifest.controls.map((control) => [
          visibleLine(control.name),
          visibleLine(control.wanted),
          visibleLine(control.measured),
          metMark(control.met),
        ]),
      )}</details>`
    }
    ${leftOut(dataset)}
    ${manifest.notes.length > 0 && html`<ul class="evidence">${manifest.notes.slice(0, 20).map((note) => html`<li>${visibleProse(note)}</li>`)}</ul>`}
  </article>`;
}

function composition(dataset: Dataset, index: number): Markup | null {
  const { bands } = dataset.manifest;
  if (bands.length === 0) return null;
  const description = bands
    .map(
      (band) =>
        `${sliceTitles[band.slice]} ${formatPercent(band.share)}, band ${formatPercent(band.lower, 0)} to ${formatPercent(band.upper, 0)}, ${band.met ? 'met' : 'not met'}.`,
    )
    .join(' ');
  const text = {
    id: `chart-dataset-${index}`,
    title: `Make-up of dataset ${visibleLine(dataset.datasetId, 40)}`,
    description,
  };
  return html`${figure(
    responsiveChart(text, (chart, width, narrow) => compositionChart(chart, bands, width, narrow)),
    '',
  )}
    ${dataTable(
      'Slices against their bands',
      [
        { title: 'Slice' },
        { title: 'Examples', numeric: true },
        { title: 'Weight', numeric: true },
        { title: 'Share', numeric: true },
        { title: 'Band', numeric: true },
        { title: 'Result' },
      ],
      bands.map((band) => [
        sliceTitles[band.slice],
        formatCount(band.examples),
        band.weight.toFixed(1),
        formatPercent(band.share),
        `${(band.lower * 100).toFixed(0)}–${formatPercent(band.upper, 0)}`,
        html`${metMark(band.met)}${band.reason !== '' && html` <span class="quiet block">${visibleProse(band.reason)}</span>`}`,
      ]),
    )}`;
}

function leftOut(dataset: Dataset): Markup | null {
  const reasons = Object.entries(dataset.manifest.leftOut).filter(([, count]) => count > 0);
  if (reasons.length === 0) return null;
  return html`<p><span class="quiet">Left out:</span> ${reasons.map(([reason, count]) => `${humanise(reason).toLowerCase()} ${formatCount(count)}`).join(', ')}.</p>`;
}

function metMark(met: boolean): Markup {
  return met ? html`<span class="good">✓ met</span>` : html`<span class="bad">✗ not met</span>`;
}
