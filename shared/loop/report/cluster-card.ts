import { formatCount, plural } from '../../domain/base/wording.ts';
import type { Weakness } from '../../domain/diagnosis/probe.ts';
import { wordsOfFeature } from '../../domain/diagnosis/surface-features.ts';
import { exampleList } from './example-card.ts';
import { formatPercent } from './format.ts';
import { html, type Markup } from './markup.ts';
import { humanise, weaknessTitles } from './plain-words.ts';
import type { ReportData } from './report-data.ts';
import { visibleLine, visibleProse } from './visible-text.ts';

export type ReportedCluster = NonNullable<ReportData['taxonomy']>['clusters'][number];

const shownExamples = 5;

/** One cluster: cause, whether training can mend it, what the probes said, its words, its evidence and some texts. */
export function clusterCard(cluster: ReportedCluster): Markup {
  return html`<article class="card">
    <h4>${visibleLine(cluster.title, 160)}</h4>
    <ul class="chips" aria-label="Properties">
      <li>${plural(cluster.size, 'trace')}</li>
      <li>${humanise(cluster.cause)}</li>
      <li class="${cluster.fixability === 'fixable' ? 'chip-after' : 'chip-before'}">${humanise(cluster.fixability)}</li>
      ${cluster.weakness !== null && html`<li class="${cluster.weakness.verdict === 'confirmed' ? 'chip-bad' : 'chip-plain'}">${weaknessTitles[cluster.weakness.verdict]}</li>`}
    </ul>
    ${(cluster.expected !== null || cluster.answered !== null) && html`<p><span class="quiet">Right answer</span> ${cluster.expected === null ? 'mixed' : visibleLine(cluster.expected, 80)} <span class="quiet">· model's answer</span> ${cluster.answered === null ? 'mixed' : visibleLine(cluster.answered, 80)}</p>`}
    ${cluster.gain !== null && html`<p><span class="quiet">Under the candidate:</span> ${formatCount(cluster.gain.mended)} mended, ${formatCount(cluster.gain.failing)} still failing${cluster.gain.rightBefore > 0 && `; of ${formatCount(cluster.gain.rightBefore)} of the same right answer that were right, ${formatCount(cluster.gain.lost)} newly lost`}.</p>`}
    ${cluster.weakness === null ? html`<p class="quiet">Not probed.</p>` : probed(cluster.weakness)}
    ${cluster.keywords.length > 0 && html`<p><span class="quiet">Telling words:</span> ${cluster.keywords.slice(0, 12).map((word) => html`<span class="word">${visibleLine(word, 40)}</span> `)}</p>`}
    ${cluster.evidence.length > 0 && html`<ul class="evidence">${cluster.evidence.slice(0, 8).map((sentence) => html`<li>${visibleProse(sentence)}</li>`)}</ul>`}
    ${cluster.proposedBy.length > 0 && html`<p><span class="quiet">Proposed by</span> ${cluster.proposedBy.map(({ role, turn, anchor }, index) => html`${index > 0 && ', '}<a href="#${anchor}">${role}, turn ${turn}</a>`)}</p>`}
    ${profile(cluster)}
    ${cluster.examples.length > 0 && html`<details><summary>${plural(Math.min(shownExamples, cluster.examples.length), 'example')}</summary>${exampleList(cluster.examples, shownExamples, false)}</details>`}
  </article>`;
}

function probed(weakness: Weakness): Markup {
  const rate =
    weakness.probes === 0
      ? ''
      : `${formatCount(weakness.failed)} of ${plural(weakness.probes, 'probe')} failed: ${formatPercent(weakness.failureRate)} (${formatPercent(weakness.lower)} to ${formatPercent(weakness.upper)}), base rate ${formatPercent(weakness.baseRate)}.`;
  return html`<p>${rate} <span class="quiet">${visibleProse(weakness.reason)}</span></p>`;
}

function profile(cluster: ReportedCluster): Markup | null {
  const telling = cluster.profile
    .filter((row) => Math.abs(row.effect) >= 0.2)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
    .slice(0, 4);
  if (telling.length === 0) return null;
  return html`<p><span class="quiet">Against passing traces, on average:</span> ${telling.map(compared).join('; ')}.</p>`;
}

function compared({ feature, failing, passing }: ReportedCluster['profile'][number]): string {
  const known = wordsOfFeature(feature);
  if (known?.share === true) return `${known.words} ${formatPercent(failing)} instead of ${formatPercent(passing)}`;
  return `${round(failing)} instead of ${round(passing)} ${known?.words ?? visibleLine(feature, 40)}`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
