import { formatCount, plural } from '../../domain/base/wording.ts';
import { figure } from './chart.ts';
import { describeRates, rateChart, rateLegend } from './chart-rates.ts';
import { decidedCandidate } from './decided-candidate.ts';
import { evidenceRows, shortEvidence } from './evidence-rows.ts';
import { fallenLabels, labelNames } from './fallen-labels.ts';
import { formatDuration, formatInstant, formatRate, fractionOf } from './format.ts';
import { html, type Markup } from './markup.ts';
import { capitalise, ruleTitles, stopReasons } from './plain-words.ts';
import type { BeforeAfter, ReportData } from './report-data.ts';
import { bestOf, outOfFold, testRows } from './test-rows.ts';
import { visibleLine, visibleProse } from './visible-text.ts';

/** The first screen: what was decided and why, what falls, what to do next, and the figures before and after. */
export function decisionHeader(data: ReportData): Markup {
  const promoted = data.decision === 'promoted';
  return html`<header class="decision ${promoted ? 'promoted' : 'kept'}">
  <p class="eyebrow"><span>Ratchet run report</span> <span>${visibleLine(data.model.modelId, 100)}</span> <span class="id">${visibleLine(data.run.runId, 100)}</span></p>
  <div class="decision-grid">
    <div>
      <h1><span class="verdict">${promoted ? '▲ Promoted' : '■ Kept'}</span> ${headline(data)}</h1>
      <p class="lede">${lede(data)}</p>
      ${plainFigures(data)}
      ${unproven(data)}
      ${whyNot(data)}
      ${nextSteps(data)}
    </div>
    <div>${headlineFigure(data)}</div>
  </div>
  ${facts(data)}
</header>`;
}

/** What was decided; a label that is proven to fall is part of it. */
function headline(data: ReportData): string {
  const { proven } = fallenLabels(data);
  const fall = proven.length === 0 ? '' : `: ${labelNames(proven)} would fall`;
  return data.decision === 'promoted'
    ? 'A better checkpoint is now the champion'
    : `The champion stays in production${fall}`;
}

/** The reason on record; where the rules that failed follow one by one, only how the search ended. */
function lede({ decision, ended, reason }: ReportData): string {
  return decision === 'kept' && ended !== null
    ? `No candidate passed the gate, and the search ended because ${stopReasons[ended]}.`
    : visibleProse(reason);
}

function plainFigures(data: ReportData): Markup | null {
  const traffic = data.test?.find(({ name }) => name === 'traffic');
  if (traffic === undefined || fractionOf(traffic.before) === null || fractionOf(traffic.after) === null) return null;
  const who = data.decision === 'promoted' ? 'the new champion' : 'the best candidate';
  return html`<p>On ${plural(traffic.after.of, 'judged trace')}, ${outOfFold}, ${who} is right in <strong>${formatRate(traffic.after)}</strong>; the champion the run began with, in <strong>${formatRate(traffic.before)}</strong>. ${bestOf(data)}</p>`;
}

function unproven(data: ReportData): Markup | null {
  const { unproven: labels } = fallenLabels(data);
  if (labels.length === 0) return null;
  return html`<p>Losing more than ${labels.length === 1 ? 'it gains' : 'they gain'}, without proof that ${labels.length === 1 ? 'it falls' : 'they fall'}: ${labelNames(labels)} (<a href="#gate">see the gate</a>).</p>`;
}

function whyNot(data: ReportData): Markup | null {
  if (data.decision === 'promoted') return null;
  const failed = decidedCandidate(data)?.verdict.rules.filter((rule) => !rule.passed) ?? [];
  if (failed.length > 0) {
    return html`<p>What held it back:</p><ul class="reasons">${failed.map((rule) => html`<li><strong>${ruleTitles[rule.rule]}.</strong> ${visibleProse(rule.detail)}</li>`)}</ul>`;
  }
  const short = shortEvidence(data);
  if (short.length === 0) return null;
  return html`<p>What is missing:</p><ul class="reasons">${short.map((row) => html`<li><strong>${formatCount(row.need - row.have)} more</strong> ${row.name}: there are ${formatCount(row.have)}, and ${formatCount(row.need)} are needed.</li>`)}</ul>`;
}

function nextSteps(data: ReportData): Markup | null {
  if (data.nextSteps.length === 0) return null;
  return html`<div class="next"><h2>What to do next</h2><ol>${data.nextSteps.map((step) => html`<li>${visibleProse(step)}</li>`)}</ol></div>`;
}

function headlineFigure(data: ReportData): Markup {
  if (data.test === null || data.test.length === 0) return evidenceFigure(data);
  const rows = testRows(data.test);
  const text = { id: 'chart-headline', title: 'Figures before and after', description: describeRates(rows) };
  return figure(rateChart(text, rows.map(withoutNote), 336, true), html`<p class="legend">${rateLegend}</p>`);
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
    <div><dt>Failures among them</dt><dd>${formatCount(traffic.failures)}</dd></div>
    <div><dt>Candidates trained</dt><dd>${formatCount(data.candidates.length)}</dd></div>
    <div><dt>Started</dt><dd>${formatInstant(run.startedAt)}${duration !== '' && html`<span class="quiet"> · ${duration}</span>`}</dd></div>
    <div><dt>Seed</dt><dd>${String(run.seed)}</dd></div>
    ${data.links.length > 0 && html`<div><dt>Look closer</dt><dd>${data.links.map(({ title, url }, at) => html`${at > 0 && ' · '}<a href="${url}">${title}</a>`)}</dd></div>`}
  </dl>`;
}
