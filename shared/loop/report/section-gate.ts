import { formatCount, plural } from '../../domain/base/wording.ts';
import { type GateRule, type GateVerdict, netLoss } from '../../domain/evaluation/gate.ts';
import { figure, responsiveChart } from './chart.ts';
import { netGainChart } from './chart-net-gain.ts';
import { decidedCandidate } from './decided-candidate.ts';
import { exampleList } from './example-card.ts';
import { enoughForPoints, formatPoints, formatPValue, formatScore } from './format.ts';
import { html, type Markup } from './markup.ts';
import { capitalise, memoryTitles, outcomeTitles, ruleTitle } from './plain-words.ts';
import type { CandidateReport, ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { shownName } from './shown-name.ts';
import { dataTable } from './table.ts';
import { bestOf, ofGain } from './test-rows.ts';
import { visibleLine, visibleProse } from './visible-text.ts';

const shownRegressions = 50;
const shownLabels = 100;

/** What the gate found of the candidate decided on: its rules, the net gain, memory, labels, regressions one by one. */
export function gateSection(data: ReportData): Section | AbsentSection {
  const candidate = decidedCandidate(data);
  const heading = { id: 'gate', title: 'The gate' };
  if (candidate === null) return { ...heading, absent: 'No candidate came before the gate.' };
  return { ...heading, body: gateBody(data, candidate) };
}

function gateBody(data: ReportData, candidate: CandidateReport): Markup {
  const { verdict } = candidate;
  return html`<p>Candidate <span class="id">${visibleLine(candidate.candidateId, 40)}</span>, ${data.words.parts !== undefined && `${data.words.parts.metric} `}${formatScore(candidate.score)} out of fold (each trace answered by a model that has not seen it)${data.championScore !== null && ` against the champion's ${formatScore(data.championScore)}`}: <strong class="${verdict.outcome === 'passed' ? 'good' : 'bad'}">${outcomeTitles[verdict.outcome]}</strong>. ${bestOf(data)}</p>
    <ol class="rules">${shownRules(candidate).map((rule) => ruleItem(rule, data.words))}</ol>
    ${netGain(data, candidate)}
    ${memory(verdict)}
    ${(verdict.fallen.length > 0 || data.byFacet.length > 0) && fallen(verdict, data.words)}
    ${regressedExamples(data)}`;
}

/** The rules of a verdict; whether the served model fits is a question only where it is no average of its fold models. */
export function shownRules({ verdict, isAverage }: CandidateReport): readonly GateRule[] {
  return verdict.rules.filter(({ rule, passed }) => !(rule === 'fit' && passed && isAverage));
}

function ruleItem(rule: GateRule, words: ReportData['words']): Markup {
  return html`<li class="${rule.passed ? 'rule-passed' : 'rule-failed'}"><span class="rule-mark">${rule.passed ? '✓ Passed' : '✗ Failed'}</span> <div><strong>${ruleTitle(rule, words)}</strong><p>${visibleProse(rule.detail)}</p></div></li>`;
}

function netGain(data: ReportData, { verdict, margin }: CandidateReport): Markup {
  const { groups, net, lower } = verdict;
  const of = ofGain(verdict, data);
  const text = {
    id: 'chart-net-gain',
    title: 'Net gain and its lower bound',
    description: `Net gain ${formatPoints(net, 2)} points${of}, with 95 % certainty above ${formatPoints(lower, 2)}${margin === null ? '' : `; above ${formatPoints(-margin, 2)} is needed`}.`,
  };
  return html`<h3>Net gain</h3>
    <p>On ${plural(groups, 'judged trace')}, a group of near-duplicates (texts that differ in little) counted once, ${counted(verdict, data.words)} ${paired(verdict, margin, data.model.settings.alpha)}</p>
    ${
      groups > 0 &&
      figure(
        responsiveChart(text, (chart, width, narrow) => netGainChart(chart, { net, lower, margin }, width, narrow)),
        html`<p class="legend"><span class="key"><span class="key-after" aria-hidden="true">●</span> net gain in points${of}</span> <span class="key">line: down to its one-sided 95 % lower bound</span>${margin !== null && html` <span class="key">dashed: where that bound must lie above</span>`}</p>`,
      )
    }`;
}

/** What the gate has counted, in words. */
function counted({ gained, lost, partly }: GateVerdict, { parts }: ReportData['words']): string {
  const wholly = `only the candidate is ${parts === undefined ? '' : 'wholly '}right on ${formatCount(gained)} and only the champion on ${formatCount(lost)}`;
  if (partly === undefined) return `${wholly}; on all others both are right or both are wrong.`;
  const several = parts?.several ?? 'parts';
  return `the candidate has more ${several} right in ${formatCount(partly.more)} and fewer in ${formatCount(partly.less)}; ${wholly}. Each trace counts by the share of its ${several} that is right, twice the right ones of all that are wanted or answered; traces without any are left out.`;
}

function paired({ pValue, partly }: GateVerdict, margin: number | null, alpha: number): string {
  const test = partly === undefined ? 'exact one-sided McNemar test' : 'one-sided sign-flip test';
  const much = partly === undefined ? 'so many gains' : 'so large a gain';
  const chance = `p ${pValue < 0.0001 ? '' : '= '}${formatPValue(pValue)}`;
  return margin === null
    ? `If both were equally likely, ${much} would have the probability ${chance} (${test}); at most ${alpha} is needed.`
    : `If both were equally likely, ${much} would have the probability ${chance} (${test}); the gate goes by the bound below.`;
}

function memory({ memory: counts }: GateVerdict): Markup {
  if (counts.length === 0)
    return html`<h3>Memory</h3><p>No earlier promotion is on record, so there is nothing to forget.</p>`;
  return html`<h3>Memory</h3>
    <p>A promotion freezes the records of its evidence, right and wrong. What a candidate loses of them counts against what it gains of the same records${counts.some(({ change }) => change !== undefined) && ', a record that is right in part by its share'}.</p>
    ${dataTable(
      'Records of earlier promotions under the candidate',
      [
        { title: 'Records of' },
        { title: 'Records', numeric: true },
        { title: 'Right on record', numeric: true },
        { title: 'Lost', numeric: true },
        { title: 'Gained', numeric: true },
        { title: 'Lost net', numeric: true },
        { title: 'Allowed net', numeric: true },
        { title: 'Result' },
      ],
      counts.map((count) => [
        memoryTitles[count.scope],
        formatCount(count.size),
        formatCount(count.right),
        formatCount(count.lost.length),
        formatCount(count.gained),
        formatNetLoss(count),
        formatCount(count.allowed),
        netLoss(count) <= count.allowed
          ? html`<span class="good">✓ within</span>`
          : html`<span class="bad">✗ above</span>`,
      ]),
    )}`;
}

function formatNetLoss(count: GateVerdict['memory'][number]): string {
  const loss = netLoss(count);
  return count.change === undefined ? formatCount(loss) : loss.toFixed(2);
}

function fallen({ fallen: labels }: GateVerdict, words: ReportData['words']): Markup {
  if (labels.length === 0)
    return html`<h3>${capitalise(words.facets)} that fall</h3><p>None: no ${words.facet} loses more than it gains.</p>`;
  return html`<h3>${capitalise(words.facets)} that fall</h3>
    <p>Each loses more than it gains. Among many ${words.facets} some do so by chance under a better model: only a fall that the exact one-sided test proves, adjusted for their number (Holm; p at most 0.05), holds a candidate back.</p>
    ${dataTable(
      labels.length > shownLabels
        ? `The ${shownLabels} ${words.facets} that fall most surely`
        : `${capitalise(words.facets)} that lose more than they gain`,
      [
        { title: capitalise(words.facet) },
        { title: 'Records', numeric: true },
        { title: 'Gained', numeric: true },
        { title: 'Lost', numeric: true },
        { title: 'Change', numeric: true },
        { title: 'p (Holm)', numeric: true },
        { title: 'Result' },
      ],
      labels
        .slice(0, shownLabels)
        .map(({ facet, records, gained, lost, pValue, proven }) => [
          shownName(facet, 40),
          formatCount(records),
          formatCount(gained),
          formatCount(lost),
          records >= enoughForPoints ? formatPoints((gained - lost) / records) : '',
          formatPValue(pValue),
          proven ? html`<span class="bad">✗ proven</span>` : html`<span class="quiet">not proven</span>`,
        ]),
    )}`;
}

function regressedExamples(data: ReportData): Markup {
  if (data.regressed.length === 0)
    return html`<h3>Regressed examples</h3><p>None: nothing that was right on record is wrong now.</p>`;
  return html`<h3>Regressed examples (${formatCount(data.regressed.length)})</h3>
    <p>A regression: right under the champion or on record, wrong from the candidate, both answered by models that have not seen the trace. If one of them is wrongly judged, ingest a person's judgement of it; the next run counts the corrected record.</p>
    ${exampleList(data.regressed, shownRegressions, true)}`;
}
