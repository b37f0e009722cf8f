import { formatCount, plural } from '../../domain/base/wording.ts';
import type { Dataset, SliceBand } from '../../domain/models/dataset.ts';
import { figure, responsiveChart } from './chart.ts';
import { compositionChart } from './chart-composition.ts';
import { formatPercent } from './format.ts';
import { html, type Markup } from './markup.ts';
import { humanise, modeMeanings, sliceTitles } from './plain-words.ts';
import type { ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { dataTable } from './table.ts';
import { visibleLine, visibleProse } from './visible-text.ts';

/** What each candidate was trained on: slices against their bands, quality controls, and what was left out. */
export function curriculumSection(data: ReportData): Section | AbsentSection {
  const heading = { id: 'curriculum', title: 'What it was trained on' };
  if (data.datasets.length === 0) {
    return { ...heading, absent: 'No training set was built: the run ended before there was something to train on.' };
  }
  return {
    ...heading,
    body: html`<p>Shares are of total sample weight. The dashed box is the band that a slice should lie in.</p>${data.datasets.map((dataset, index) => datasetCard(dataset, index, data))}`,
  };
}

function datasetCard(dataset: Dataset, index: number, data: ReportData): Markup {
  const { manifest } = dataset;
  const users = data.candidates.filter((candidate) => candidate.datasetId === dataset.datasetId).length;
  const trained = users === 0 ? 'No candidate was trained on it.' : `${plural(users, 'candidate')} trained on it.`;
  return html`<article class="dataset">
    <h3>Iteration ${String(dataset.iteration)}, ${dataset.mode} <span class="id">${visibleLine(dataset.datasetId, 40)}</span></h3>
    <p>${plural(manifest.examples, 'example')} of ${plural(manifest.labels, data.words.facet, data.words.facets)}: ${modeMeanings[dataset.mode]}. ${trained}</p>
    ${composition(dataset, index)}
    ${unmet(dataset)}
    ${leftOut(dataset)}
    ${manifest.notes.length > 0 && html`<ul class="evidence">${manifest.notes.slice(0, 20).map((note) => html`<li>${visibleProse(note)}</li>`)}</ul>`}
    ${measurements(dataset)}
  </article>`;
}

function composition(dataset: Dataset, index: number): Markup | null {
  const { bands } = dataset.manifest;
  if (bands.length === 0) return null;
  const text = {
    id: `chart-dataset-${index}`,
    title: `Make-up of dataset ${visibleLine(dataset.datasetId, 40)}`,
    description: bands
      .map(
        (band) =>
          `${sliceTitles[band.slice]} ${formatPercent(band.share)}, band ${bandText(band)}, ${band.met ? 'met' : 'not met'}.`,
      )
      .join(' '),
  };
  return figure(
    responsiveChart(text, (chart, width, narrow) => compositionChart(chart, bands, width, narrow)),
    '',
  );
}

function unmet(dataset: Dataset): Markup | null {
  const bands = dataset.manifest.bands.filter((band) => !band.met);
  const controls = dataset.manifest.controls.filter((control) => !control.met);
  if (bands.length + controls.length === 0) return null;
  return html`<ul class="evidence">
    ${bands.map((band) => html`<li><span class="bad">✗ ${sliceTitles[band.slice]} outside its band:</span> ${formatPercent(band.share)}, not ${bandText(band)}. ${visibleProse(band.reason)}</li>`)}
    ${controls.map((control) => html`<li><span class="bad">✗ ${visibleLine(control.name)}:</span> ${visibleLine(control.measured)}, wanted ${visibleLine(control.wanted)}.</li>`)}
  </ul>`;
}

function measurements(dataset: Dataset): Markup {
  const { bands, controls } = dataset.manifest;
  const met = controls.filter((control) => control.met).length;
  return html`<details><summary>Slices in numbers${controls.length > 0 && `, and quality controls: ${met} of ${controls.length} met`}</summary>
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
        bandText(band),
        metMark(band.met),
      ]),
    )}
    ${
      controls.length > 0 &&
      dataTable(
        'Quality controls',
        [{ title: 'Control' }, { title: 'Wanted' }, { title: 'Measured' }, { title: 'Result' }],
        controls.map((control) => [
          visibleLine(control.name),
          visibleLine(control.wanted),
          visibleLine(control.measured),
          metMark(control.met),
        ]),
      )
    }
  </details>`;
}

function bandText(band: SliceBand): string {
  return `${(band.lower * 100).toFixed(0)}–${formatPercent(band.upper, 0)}`;
}

function leftOut(dataset: Dataset): Markup | null {
  const reasons = Object.entries(dataset.manifest.leftOut).filter(([, count]) => count > 0);
  if (reasons.length === 0) return null;
  return html`<p><span class="quiet">Left out:</span> ${reasons.map(([reason, count]) => `${humanise(reason).toLowerCase()} ${formatCount(count)}`).join(', ')}.</p>`;
}

function metMark(met: boolean): Markup {
  return met ? html`<span class="good">✓ met</span>` : html`<span class="bad">✗ not met</span>`;
}
