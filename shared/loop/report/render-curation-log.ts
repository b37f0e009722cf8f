import { formatCount, plural } from '../../domain/base/wording.ts';
import { describeConfiguration } from '../../domain/models/configuration.ts';
import type { Dataset } from '../../domain/models/dataset.ts';
import { decidedCandidate } from './decided-candidate.ts';
import { decisionWords, headlineOf } from './decision-words.ts';
import { shortEvidence } from './evidence-rows.ts';
import { facetF1 } from './f1.ts';
import {
  formatInstant,
  formatInterval,
  formatPercent,
  formatPoints,
  formatPValue,
  formatRate,
  formatScore,
} from './format.ts';
import { markdownCode, markdownTable, markdownText } from './markdown.ts';
import {
  capitalise,
  figureTitle,
  humanise,
  memoryTitles,
  modeMeanings,
  outcomeTitles,
  ruleTitle,
  sliceTitles,
  stopReasons,
} from './plain-words.ts';
import type { CandidateReport, Rate, ReportData } from './report-data.ts';
import { shownRules } from './section-gate.ts';
import { bestOf, ofGain, outOfFold, reportShareNote, scoreName, scoreSentence } from './test-rows.ts';

/**
 * The run's `data-curation.md`: dataset versions, slice ratios against their bands, quality controls with what was
 * measured, quality decisions, scores and the decision. Untrusted text is escaped, so that it renders as it reads.
 */
export function renderCurationLog(data: ReportData): string {
  const blocks = [
    '# Data curation',
    opening(data),
    '## Decision',
    decision(data),
    '## Quality decisions',
    qualityDecisions(data),
    '## Dataset versions',
    ...datasetBlocks(data),
    '## Scores',
    scores(data),
    '## Iterations',
    iterations(data),
    ...(data.notes.length === 0 ? [] : ['## Notes', notes(data)]),
    '## Gate',
    gate(data),
    paper(data),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`.replaceAll('\u00a0', ' ');
}

function opening(data: ReportData): string {
  const { run, model } = data;
  return [
    `- Model: ${markdownCode(model.modelId)}`,
    `- Run: ${markdownCode(run.runId)}, seed ${run.seed}, started ${markdownText(formatInstant(run.startedAt))}`,
    `- Champion before: ${markdownCode(run.championId)}; champion now: ${markdownCode(run.resultId ?? run.championId)}`,
  ].join('\n');
}

function decision(data: ReportData): string {
  const short = shortEvidence(data).map(
    (row) =>
      `- Missing: ${formatCount(row.need - row.have)} more ${row.name} (${formatCount(row.have)} of ${formatCount(row.need)}).`,
  );
  const steps = data.nextSteps.map((step) => `- Next: ${markdownText(step)}`);
  const { why } = decisionWords(data);
  return [
    `**${data.decision === 'promoted' ? 'Promoted' : 'Kept'}.** ${markdownText(headlineOf(data), 2_000)}.${why === null ? '' : ` The champion stays. ${why}`}`,
    [...short, ...steps].join('\n'),
    `On record: ${markdownText(data.reason, 2_000)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function qualityDecisions(data: ReportData): string {
  if (data.triage.length === 0) return 'Nothing was triaged.';
  const rows = [...data.triage]
    .sort((a, b) => b.count - a.count)
    .map((row) => [
      humanise(row.category),
      row.kind === 'none' ? 'nothing found' : markdownText(humanise(row.kind).toLowerCase()),
      formatCount(row.count),
      row.example === '' ? '' : markdownCode(row.example, 100),
    ]);
  return `${plural(data.traffic.traces, 'trace')}: ${plural(data.traffic.passes, 'pass', 'passes')}, ${plural(data.traffic.failures, 'failure')}, ${formatCount(data.traffic.unknown)} unknown.\n\n${markdownTable(['Category', 'Kind', 'Traces', 'For example'], rows)}`;
}

function datasetBlocks(data: ReportData): readonly string[] {
  return data.datasets.length === 0 ? ['No dataset was built.'] : data.datasets.map(datasetBlock);
}

function datasetBlock(dataset: Dataset): string {
  const { manifest } = dataset;
  const left = Object.entries(manifest.leftOut).filter(([, count]) => count > 0);
  return [
    `### ${markdownCode(dataset.datasetId)}`,
    `Iteration ${dataset.iteration}, ${dataset.mode} (${modeMeanings[dataset.mode]}); parent ${dataset.parentId === null ? 'none' : markdownCode(dataset.parentId)}; ${plural(manifest.examples, 'example')} of ${plural(manifest.labels, 'label')}.`,
    manifest.bands.length === 0
      ? ''
      : markdownTable(
          ['Slice', 'Examples', 'Weight', 'Share', 'Band', 'Met', 'Reason'],
          manifest.bands.map((band) => [
            sliceTitles[band.slice],
            formatCount(band.examples),
            band.weight.toFixed(1),
            formatPercent(band.share),
            `${(band.lower * 100).toFixed(0)}–${formatPercent(band.upper, 0)}`,
            yesNo(band.met),
            markdownText(band.reason),
          ]),
        ),
    manifest.controls.length === 0
      ? ''
      : markdownTable(
          ['Quality control', 'Wanted', 'Measured', 'Met'],
          manifest.controls.map((control) => [
            markdownText(control.name),
            markdownText(control.wanted),
            markdownText(control.measured),
            yesNo(control.met),
          ]),
        ),
    left.length === 0
      ? ''
      : `Left out: ${left.map(([reason, count]) => `${markdownText(reason.replaceAll('-', ' '))} ${formatCount(count)}`).join(', ')}.`,
    manifest.notes.map((note) => `- ${markdownText(note)}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function scores(data: ReportData): string {
  const parts: string[] = [];
  if (data.championScore !== null) parts.push(championScores(data.championScore, data));
  parts.push(data.candidates.length === 0 ? 'No candidate was trained.' : candidateTable(data));
  if (data.test !== null && data.test.length > 0) {
    const rows = data.test.map((row) => [
      markdownText(figureTitle(row.name)),
      formatCount(row.after.of),
      `${formatRate(row.before)} (${formatInterval(row.before)})`,
      `${formatRate(row.after)} (${formatInterval(row.after)})`,
    ]);
    const shares = data.words.parts === undefined ? '' : ', shares of traces wholly right';
    parts.push(
      `Out of fold, ${outOfFold}, with 95 % Wilson intervals${shares}. ${bestOf(data)}${reportShareNote(data)}${scoreSentence(data)}\n\n${markdownTable(['Of', 'Traces', 'Before', 'After'], rows)}`,
    );
  }
  const table = facetTable(data);
  return [...parts, ...(table === '' ? [] : [table])].join('\n\n');
}

function notes(data: ReportData): string {
  return data.notes
    .map(({ iteration, by, text }) => `- Iteration ${iteration}, ${by}: ${markdownText(text, 800)}`)
    .join('\n');
}

function championScores(score: number, { words }: ReportData): string {
  const told = formatScore(score);
  return words.parts === undefined
    ? `The champion scores ${told} out of fold.`
    : `The champion's ${words.parts.metric} is ${told} out of fold.`;
}

function paper({ allFailuresFixed: rate }: ReportData): string {
  if (rate === null) return '';
  return `## The paper's own figure\n\nFailures it trained on included; no measure of quality: ${formatCount(rate.right)} of ${formatCount(rate.of)} failures fixed (${formatRate(rate)}).`;
}

function facetTable({ byFacet, words }: ReportData): string {
  if (byFacet.length === 0) return '';
  const cell = (rate: Rate) => (rate.of === 0 ? 'none' : `${rate.right} of ${rate.of} (${formatInterval(rate)})`);
  const f1 = (value: number | null) => (value === null ? 'none' : formatPercent(value));
  return markdownTable(
    [capitalise(words.facet), 'Recall before', 'After', 'Precision before', 'After', 'F1 before', 'After'],
    byFacet
      .toSorted((a, b) => a.recall.after.right - a.recall.before.right - (b.recall.after.right - b.recall.before.right))
      .slice(0, 500)
      .map((row) => [
        markdownCode(row.facet, 80),
        cell(row.recall.before),
        cell(row.recall.after),
        cell(row.precision.before),
        cell(row.precision.after),
        f1(facetF1(row, 'before')),
        f1(facetF1(row, 'after')),
      ]),
  );
}

function candidateTable(data: ReportData): string {
  return markdownTable(
    ['Candidate', 'Iteration', 'Dataset', capitalise(scoreName(data)), 'Gate', 'Configuration'],
    data.candidates.map((one) => [
      markdownCode(one.candidateId),
      String(one.iteration),
      markdownCode(one.datasetId),
      formatScore(one.score),
      outcomeTitles[one.verdict.outcome],
      markdownText(describeConfiguration(one.configuration)),
    ]),
  );
}

function iterations(data: ReportData): string {
  if (data.iterations.length === 0) return 'None.';
  const table = markdownTable(
    ['Iteration', 'Move', `Best ${scoreName(data)}`, 'Then'],
    data.iterations.map((one) => [
      String(one.iteration),
      markdownText(one.move),
      `${formatScore(one.score)}${one.rolledBack ? ', rolled back' : ''}`,
      markdownText(one.decision),
    ]),
  );
  return data.ended === null ? table : `${table}\n\nThe search ended because ${stopReasons[data.ended]}.`;
}

function gate(data: ReportData): string {
  const candidate = decidedCandidate(data);
  if (candidate === null) return 'No candidate came before the gate.';
  const { verdict } = candidate;
  const { groups, gained, lost, partly, net, lower, pValue } = verdict;
  const parts =
    partly === undefined
      ? ''
      : `more ${data.words.parts?.several ?? 'parts'} right in ${formatCount(partly.more)}, fewer in ${formatCount(partly.less)}; wholly right: `;
  return [
    `${markdownCode(candidate.candidateId)}: ${outcomeTitles[verdict.outcome].toLowerCase()}. Of ${plural(groups, 'judged trace')}, near-duplicates counted once, ${parts}${formatCount(gained)} mended, ${formatCount(lost)} lost: net ${formatPoints(net, 2)} points${ofGain(verdict, data)}, with 95 % certainty above ${formatPoints(lower, 2)}; p ${pValue < 0.0001 ? '' : '= '}${markdownText(formatPValue(pValue))}.`,
    shownRules(candidate)
      .map(
        (rule) =>
          `- ${ruleTitle(rule, data.words)}: ${rule.passed ? 'passed' : '**failed**'}. ${markdownText(rule.detail)}`,
      )
      .join('\n'),
    memoryTable(candidate),
    fallenTable(candidate),
    regressedTable(data),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function memoryTable({ verdict }: CandidateReport): string {
  if (verdict.memory.length === 0) return '';
  return markdownTable(
    ['Records of', 'Records', 'Right on record', 'Lost', 'Gained', 'Allowed net'],
    verdict.memory.map(({ scope, size, right, lost, gained, allowed }) => [
      memoryTitles[scope],
      ...[size, right, lost.length, gained, allowed].map(formatCount),
    ]),
  );
}

function fallenTable({ verdict }: CandidateReport): string {
  if (verdict.fallen.length === 0) return '';
  return markdownTable(
    ['Label that falls', 'Records', 'Gained', 'Lost', 'p (Holm)', 'Proven'],
    verdict.fallen
      .slice(0, 100)
      .map(({ facet, records, gained, lost, pValue, proven }) => [
        markdownCode(facet, 80),
        ...[records, gained, lost].map(formatCount),
        markdownText(formatPValue(pValue)),
        proven ? '**yes**' : 'no',
      ]),
  );
}

function regressedTable({ regressed }: ReportData): string {
  if (regressed.length === 0) return '';
  return markdownTable(
    ['Regressed trace', 'Input', 'Right', 'Candidate'],
    regressed
      .slice(0, 50)
      .map((one) => [
        markdownCode(one.traceId, 60),
        markdownCode(one.input, 120),
        one.expected === null ? 'nobody has said' : markdownCode(one.expected, 80),
        one.after === null || one.after.output === null ? 'no answer' : markdownCode(one.after.output, 80),
      ]),
  );
}

function yesNo(met: boolean): string {
  return met ? 'yes' : '**no**';
}
