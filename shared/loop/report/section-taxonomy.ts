import { formatCount, plural } from '../../domain/base/wording.ts';
import { fixability, rootCauseSchema } from '../../domain/diagnosis/root-cause.ts';
import { figure, responsiveChart } from './chart.ts';
import { barChart } from './chart-bars.ts';
import { probeChart } from './chart-probes.ts';
import { clusterCard, type ReportedCluster } from './cluster-card.ts';
import type { ClusterGain } from './cluster-gains.ts';
import { html, type Markup } from './markup.ts';
import { humanise } from './plain-words.ts';
import type { ReportData } from './report-data.ts';
import { type AbsentSection, missing, type Section } from './section.ts';
import { shownName } from './shown-name.ts';
import { dataTable, foldedTable } from './table.ts';
import { visibleLine, visibleProse } from './visible-text.ts';

const shownClusters = 40;
const chartedClusters = 24;
const atOnce = 8;

/** Why the model fails: root causes, what the probes said, and a card for each cluster. */
export function taxonomySection(data: ReportData): Section | AbsentSection {
  const heading = { id: 'taxonomy', title: 'Why it fails' };
  if (data.taxonomy === null) {
    return { ...heading, absent: 'No failure taxonomy: the run ended before the failures were analysed.' };
  }
  return { ...heading, body: taxonomyBody(data.taxonomy) };
}

function taxonomyBody(taxonomy: NonNullable<ReportData['taxonomy']>): Markup {
  const clusters = [...taxonomy.clusters].sort((a, b) => b.size - a.size);
  const confirmed = clusters.filter((cluster) => cluster.weakness?.verdict === 'confirmed').length;
  return html`<p>${plural(clusters.length, 'cluster')} of failing traces, ${confirmed} confirmed by probes; ${plural(taxonomy.unclustered, 'failure')} in no cluster. Clusters are built from two thirds of the failures; the probes, inputs aimed at one suspected weakness, come from the rest.</p>
    ${taxonomy.notes.map((note) => html`<p>${visibleProse(note)}</p>`)}
    ${gains(clusters)}
    ${causes(taxonomy.causes)}
    ${probes(clusters)}
    <h3>Clusters, largest first</h3>
    ${clusters.length === 0 ? missing('No cluster reached the smallest size.') : html`<div class="cards">${clusters.slice(0, shownClusters).map(clusterCard)}</div>`}
    ${clusters.length > shownClusters && html`<p class="quiet">${formatCount(clusters.length - shownClusters)} ${clusters.length - shownClusters === 1 ? 'smaller cluster is' : 'smaller clusters are'} not shown.</p>`}`;
}

/** What the candidate makes of each cluster, before and after. */
function gains(clusters: readonly ReportedCluster[]): Markup | null {
  const rows = clusters
    .slice(0, chartedClusters)
    .flatMap((cluster) =>
      cluster.gain === null
        ? []
        : [
            [
              shownName(cluster.title, 80),
              formatCount(cluster.gain.mended + cluster.gain.failing),
              formatCount(cluster.gain.failing),
              html`<span class="${cluster.gain.mended > 0 ? 'good' : 'quiet'}">${formatCount(cluster.gain.mended)}</span>`,
              lostOf(cluster.gain),
            ],
          ],
    );
  if (rows.length === 0) return null;
  const columns = [
    { title: 'Cluster' },
    { title: 'Wrong before', numeric: true },
    { title: 'Wrong after', numeric: true },
    { title: 'Mended', numeric: true },
    { title: 'Newly lost', numeric: true },
  ];
  return html`<h3>What each cluster gained</h3>
    <p>Its traces under the champion and under the candidate, answered by models that have not seen them. Newly lost: traces of the same right answer that were right before and are wrong now.</p>
    ${dataTable('Clusters before and after', columns, rows.slice(0, atOnce))}
    ${rows.length > atOnce && foldedTable(plural(rows.length - atOnce, 'smaller cluster'), columns, rows.slice(atOnce))}`;
}

function lostOf({ lost, rightBefore }: ClusterGain): Markup {
  if (rightBefore === 0) return html`<span class="quiet">none to lose</span>`;
  return html`<span class="${lost > 0 ? 'bad' : 'quiet'}">${formatCount(lost)}</span> <span class="quiet">of ${formatCount(rightBefore)}</span>`;
}

function causes(counts: Readonly<Record<string, number>>): Markup | null {
  const bars = Object.entries(counts)
    .sort((a, b) => b[1] - a[1])
    .map(([cause, count]) => {
      const external = isExternal(cause);
      return {
        name: humanise(cause),
        count,
        colour: external ? 'var(--before)' : 'var(--after)',
        note: external ? 'external' : 'fixable',
      };
    });
  if (bars.length === 0) return null;
  const text = {
    id: 'chart-causes',
    title: 'Failures by root cause',
    description: bars.map((bar) => `${bar.name}: ${bar.count}, ${bar.note}.`).join(' '),
  };
  return html`<h3>Root causes</h3>${figure(
    responsiveChart(text, (chart, width, narrow) => barChart(chart, bars, width, narrow)),
    'Failing traces by root cause. External ones (prompt, schema, ambiguous, out of scope) cannot be mended by training.',
  )}`;
}

function isExternal(cause: string): boolean {
  const known = rootCauseSchema.safeParse(cause);
  return known.success && fixability(known.data) === 'external';
}

function probes(clusters: readonly ReportedCluster[]): Markup | null {
  const rows = clusters
    .flatMap((cluster) =>
      cluster.weakness === null || cluster.weakness.probes === 0
        ? []
        : [{ title: cluster.title, weakness: cluster.weakness }],
    )
    .slice(0, chartedClusters);
  if (rows.length === 0) return null;
  const text = {
    id: 'chart-probes',
    title: 'Failure rate on probes, by cluster',
    description: rows
      .map(
        ({ title, weakness }) =>
          `${visibleLine(title, 60)}: ${weakness.failed} of ${weakness.probes} probes failed, ${weakness.verdict}.`,
      )
      .join(' '),
  };
  return html`<h3>What the probes said</h3>${figure(
    responsiveChart(text, (chart, width, narrow) => probeChart(chart, rows, width, narrow)),
    'Share of new, targeted inputs that the champion got wrong, with 95 % Wilson bounds. Filled: confirmed, the lower bound is above the base rate (dashed), how often the champion is wrong anyway, or above one half. Hollow: not confirmed.',
  )}`;
}
