import { formatCount, plural } from '../../domain/base/wording.ts';
import { figure } from './chart.ts';
import { describeRates, rateChart, rateLegend } from './chart-rates.ts';
import { decidedCandidate } from './decided-candidate.ts';
import { decisionWords, isConvincing, mayBeChance } from './decision-words.ts';
import { daysUntilEnough, type EvidenceRow, evidenceRows, isAllRight, shortEvidence } from './evidence-rows.ts';
import {
  enoughForPoints,
  formatChange,
  formatDuration,
  formatInstant,
  formatPoints,
  formatRate,
  fractionOf,
} from './format.ts';
import { html, type Markup } from './markup.ts';
import { capitalise, ruleTitle } from './plain-words.ts';
import type { BeforeAfter, ReportData } from './report-data.ts';
import { bestOf, ofGain, ofRight, outOfFold, scoreSentence, testRows } from './test-rows.ts';
import { visibleLine, visibleProse } from './visible-text.ts';

const namedFacets = 4;

/** The first screen: what was decided and why, what falls, what to do next, and the figures before and after. */
export function decisionHeader(data: ReportData): Markup {
  const promoted = data.decision === 'promoted';
  return html`<header class="decision ${promoted ? 'promoted' : 'kept'}">
  <p class="eyebrow"><span>Ratchet run report</span> <span>${visibleLine(data.model.modelId, 100)}</span> <span class="id">${visibleLine(data.run.runId, 100)}</span></p>
  <div class="decision-grid">
    <div>
      ${headline(data)}
      ${plainFigures(data)}
      ${untold(data)}
      ${whyNot(data)}
      ${nextSteps(data)}
    </div>
    <div>${headlineFigure(data)}</div>
  </div>
  ${facts(data)}
  <details><summary>What the loop has on record</summary><p>${visibleProse(data.reason, 2_000)}</p></details>
</header>`;
}

/** The decision by the gate's evidence, what loses all the same, and what the words mean. */
function headline(data: ReportData): Markup {
  const promoted = data.decision === 'promoted';
  const { evidence, losing, perhaps, alone, why } = decisionWords(data);
  // Without a candidate it may begin with the name of a label.
  const title = decidedCandidate(data) === null ? evidence : capitalise(evidence);
  return html`<h1><span class="verdict">${promoted ? '▲ Promoted' : '■ Kept'}</span> ${title}</h1>
      ${(losing ?? perhaps) !== null && html`<p class="lede losing">${losing !== null && html`<strong>${capitalise(losing)}.</strong> `}${perhaps !== null && `${capitalise(perhaps)} (${mayBeChance}). `}<a href="#gate">See the gate</a></p>`}${alone !== null && html`<p class="lede">${capitalise(alone)}. <a href="#triage">See triage</a></p>`}
      <p class="lede">${why === null ? gainInPoints(data) : `The champion stays. ${why}`}</p>
      ${decidedCandidate(data) !== null && html`<p class="quiet small">Mended: wrong under the champion, right under the candidate. Lost: the other way round. Near-duplicates, texts that differ in little, count once. p: how likely so ${decidedCandidate(data)?.verdict.partly === undefined ? 'many mended' : 'large a gain'} would be, were both equally good.</p>`}`;
}

function gainInPoints(data: ReportData): string {
  const verdict = decidedCandidate(data)?.verdict;
  if (verdict === undefined) return 'A better checkpoint is now the champion.';
  const digits = Math.abs(verdict.lower) < 0.001 ? 2 : 1;
  const points = `${formatPoints(verdict.net, digits)} points${ofGain(verdict, data)} of ${plural(verdict.groups, 'independent record')}, with 95 % certainty above ${formatPoints(verdict.lower, digits)}`;
  return isConvincing(verdict)
    ? `A better checkpoint is now the champion: ${points}.`
    : `Another checkpoint is now the champion, surely not much worse and perhaps better: ${points}.`;
}

function plainFigures(data: ReportData): Markup | null {
  const traffic = data.test?.find(({ name }) => name === 'traffic');
  if (traffic === undefined || fractionOf(traffic.before) === null || fractionOf(traffic.after) === null) return null;
  const who = data.decision === 'promoted' ? 'the new champion' : 'the best candidate';
  const right = data.words.parts === undefined ? 'right' : 'wholly right';
  return html`<p>On ${plural(traffic.after.of, 'judged trace')}, ${outOfFold}, ${who} is ${right} in <strong>${formatRate(traffic.after)}</strong>; the champion the run began with, in <strong>${formatRate(traffic.before)}</strong>: ${formatChange(traffic)} ${traffic.after.of < enoughForPoints ? '' : 'points '}of all of them, near-duplicates included. ${bestOf(data)}${scoreSentence(data)}</p>`;
}

function untold({ untold: facets, words }: ReportData): Markup | null {
  if (facets.length === 0) return null;
  const named = facets.slice(0, namedFacets).map((facet) => visibleLine(facet, 60));
  const more = facets.length > named.length ? ` and ${formatCount(facets.length - named.length)} more` : '';
  return html`<p>No judged trace tells whether ${facets.length === 1 ? `this ${words.facet} falls` : `these ${plural(facets.length, words.facet, words.facets)} fall`}: ${named.join(', ')}${more}.</p>`;
}

function whyNot(data: ReportData): Markup | null {
  if (data.decision === 'promoted') return null;
  const failed = decidedCandidate(data)?.verdict.rules.filter((rule) => !rule.passed) ?? [];
  if (failed.length > 0) {
    return html`<p>What held it back:</p><ul class="reasons">${failed.map((rule) => html`<li><strong>${ruleTitle(rule, data.words)}.</strong> ${visibleProse(rule.detail)}</li>`)}</ul>`;
  }
  const short = shortEvidence(data);
  if (short.length === 0 || isAllRight(data) || data.notCovered !== undefined) return null;
  const { undecided = 0 } = data;
  if (undecided > 0) {
    return html`<p>What is missing: a judge. This task leaves it to a judge whether an answer that differs from the right one is as good, and the judge ${data.model.judge} cannot tell: ${plural(undecided, 'judged trace is', 'judged traces are')} undecided, and there is evidence of ${formatCount(data.evidence?.records ?? 0)}, where ${formatCount(data.model.settings.enoughRecords)} are needed. What a person said of a recorded answer counts where the champion gives that answer today.</p>`;
  }
  return html`<p>What is missing:</p><ul class="reasons">${short.map((row) => html`<li><strong>${formatCount(row.need - row.have)} more</strong> ${row.name}: there ${row.have === 1 ? 'is' : 'are'} ${formatCount(row.have)}, and ${formatCount(row.need)} are needed${pace(row)}.</li>`)}</ul>`;
}

function pace(row: EvidenceRow): string {
  const days = daysUntilEnough(row);
  return days === null ? '' : `; about ${plural(days, 'day')} at the present rate`;
}

function nextSteps(data: ReportData): Markup | null {
  if (data.nextSteps.length === 0) return null;
  return html`<div class="next"><h2>What to do next</h2><ol>${data.nextSteps.map((step) => html`<li>${visibleProse(step)}</li>`)}</ol></div>`;
}

function headlineFigure(data: ReportData): Markup {
  if (data.test === null || data.test.length === 0) return evidenceFigure(data);
  const rows = testRows(data.test);
  const text = {
    id: 'chart-headline',
    title: `Figures${ofRight(data)} before and after`,
    description: describeRates(rows),
  };
  return figure(
    rateChart(text, rows.map(withoutNote), 336, true),
    html`<p class="legend">Of ${plural(rows[0]?.after.of ?? 0, 'judged trace')}. ${rateLegend}</p>`,
  );
}

function withoutNote(row: BeforeAfter): BeforeAfter {
  return { name: row.name, before: row.before, after: row.after };
}

function evidenceFigure(data: ReportData): Markup {
  const rows = evidenceRows(data);
  return html`<div class="absent"><p><strong>No figures.</strong> The run ended before there was a candidate to weigh.</p>
    ${
      rows.length > 0 &&
      html`<dl class="meters">${rows.map(
        (
          row,
        ) => html`<div><dt>${capitalise(row.name)}</dt><dd>${formatCount(row.have)} of ${formatCount(row.need)} needed ${row.have >= row.need ? html`<span class="good">✓ enough</span>` : html`<span class="bad">✗ too few</span>`}
          <span class="meter" aria-hidden="true"><span style="width:${Math.min(100, Math.round((100 * row.have) / Math.max(1, row.need)))}%"></span></span></dd></div>`,
      )}</dl>`
    }</div>`;
}

function facts(data: ReportData): Markup {
  const { run, traffic } = data;
  const duration = formatDuration(run.startedAt, run.finishedAt);
  return html`<dl class="facts">
    <div><dt>Champion before</dt><dd class="id">${visibleLine(run.championId, 40)}</dd></div>
    <div><dt>Champion now</dt><dd class="id">${visibleLine(run.resultId ?? run.championId, 40)}</dd></div>
    <div><dt>Traces read</dt><dd>${formatCount(traffic.traces)}</dd></div>
    <div><dt>${traffic.failures === 1 ? 'Failure' : 'Failures'} among them</dt><dd>${formatCount(traffic.failures)}</dd></div>
    <div><dt>Candidates trained</dt><dd>${formatCount(data.candidates.length)}</dd></div>
    <div><dt>Started</dt><dd>${formatInstant(run.startedAt)}${duration !== '' && html`<span class="quiet"> · ${duration}</span>`}</dd></div>
    <div><dt>Seed</dt><dd>${String(run.seed)}</dd></div>
    ${data.links.length > 0 && html`<div><dt>Look closer</dt><dd>${data.links.map(({ title, url }, at) => html`${at > 0 && ' · '}<a href="${url}">${title}</a>`)}</dd></div>`}
  </dl>`;
}
