import { formatCount, plural } from '../../domain/base/wording.ts';
import type { GateRule } from '../../domain/evaluation/gate.ts';
import { decidedCandidate } from './decided-candidate.ts';
import { evidenceRows } from './evidence.ts';
import { exampleList } from './example-card.ts';
import { formatPercent, formatPValue, formatScore } from './format.ts';
import { html, type Markup } from './markup.ts';
import { capitalise, outcomeTitles, promotionReasons, ruleTitles, scopeTitles } from './plain-words.ts';
import type { CandidateReport, ReportData } from './report-data.ts';
import { type AbsentSection, missing, type Section } from './section.ts';
import { dataTable } from './table.ts';
import { visibleLine, visibleProse } from './visible-text.ts';

const shownRegressions = 50;

/** The gate's evidence for the candidate decided on: its four rules, the paired test, regressions one by one. */
export function gateSection(data: ReportData): Section | AbsentSection {
  const candidate = decidedCandidate(data);
  const heading = { id: 'gate', title: 'The gate' };
  const evidence = evidenceTable(data);
  if (candidate !== null) return { ...heading, body: gateBody(data, candidate) };
  if (evidence === null) return { ...heading, absent: 'No candidate came before the gate.' };
  return {
    ...heading,
    body: html`${missing('No candidate came before the gate: it decides only on enough evidence.')}${evidence}`,
  };
}

function gateBody(data: ReportData, candidate: CandidateReport): Markup {
  const { verdict } = candidate;
  return html`<p>Candidate <span class="id">${visibleLine(candidate.candidateId, 40)}</span>, ${formatScore(candidate.score)} on traffic-validation${data.championScore !== null && ` against the champion's ${formatScore(data.championScore)}`}: <strong class="${verdict.outcome === 'passed' ? 'good' : 'bad'}">${outcomeTitles[verdict.outcome]}</strong>. ${verdict.reason !== null && `Recorded reason: ${promotionReasons[verdict.reason]}.`}</p>
    <ol class="rules">${verdict.rules.map(ruleItem)}</ol>
    <h3>Paired test</h3>
    <p>On all traffic-validation sets of the lineage and, where held-out traffic is little, on the cross-fitted training side, pooled, the candidate gained ${plural(verdict.gained, 'example')} and lost ${formatCount(verdict.lost)}. If gains and losses were equally likely, at least so many gains would have the probability <strong>p ${verdict.pValue < 0.0001 ? '' : '= '}${formatPValue(verdict.pValue)}</strong> (exact one-sided McNemar test; α ${String(data.model.settings.alpha)}).</p>
    ${regressionTable(candidate)}
    ${regressedExamples(data)}
    ${evidenceTable(data)}`;
}

function ruleItem(rule: GateRule): Markup {
  return html`<li class="${rule.passed ? 'rule-passed' : 'rule-failed'}"><span class="rule-mark">${rule.passed ? '✓ Passed' : '✗ Failed'}</span> <div><strong>${ruleTitles[rule.rule]}</strong><p>${visibleProse(rule.detail)}</p></div></li>`;
}

function regressionTable(candidate: CandidateReport): Markup {
  return dataTable(
    'Regressions: right on record, wrong now',
    [
      { title: 'Counted on' },
      { title: 'Examples', numeric: true },
      { title: 'Right on record', numeric: true },
      { title: 'Allowed', numeric: true },
      { title: 'Seen', numeric: true },
      { title: 'Result' },
    ],
    candidate.verdict.regressions.map((count) => [
      scopeTitles[count.scope],
      formatCount(count.size),
      formatCount(count.right),
      formatCount(count.allowed),
      formatCount(count.lost.length),
      count.lost.length <= count.allowed
        ? html`<span class="good">✓ within</span>`
        : html`<span class="bad">✗ above</span>`,
    ]),
  );
}

function regressedExamples(data: ReportData): Markup {
  if (data.regressed.length === 0)
    return html`<h3>Regressed examples</h3><p>None: nothing that was right on record is wrong now.</p>`;
  return html`<h3>Regressed examples (${formatCount(data.regressed.length)})</h3>
    <p>Right on record, wrong from the candidate. If one of them is wrongly judged, correct it in the review console; the next run counts the corrected record.</p>
    ${exampleList(data.regressed, shownRegressions, true)}`;
}

function evidenceTable(data: ReportData): Markup | null {
  const rows = evidenceRows(data);
  if (rows.length === 0) return null;
  return dataTable(
    'Is there enough evidence to decide?',
    [
      { title: 'Evidence' },
      { title: 'There are', numeric: true },
      { title: 'Needed', numeric: true },
      { title: 'Result' },
    ],
    rows.map((row) => [
      capitalise(row.name),
      formatCount(row.have),
      formatCount(row.need),
      row.have >= row.need
        ? html`<span class="good">✓ enough</span>`
        : html`<span class="bad">✗ ${formatCount(row.need - row.have)} too few (${formatPercent(row.have / row.need, 0)})</span>`,
    ]),
  );
}
