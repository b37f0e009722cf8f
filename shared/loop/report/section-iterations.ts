import { describeConfiguration } from '../../domain/models/configuration.ts';
import { figure, responsiveChart } from './chart.ts';
import { iterationChart } from './chart-iterations.ts';
import { decidedCandidate } from './decided-candidate.ts';
import { formatPercent, formatScore } from './format.ts';
import { html, type Markup } from './markup.ts';
import { capitalise, humanise, outcomeTitles, stopReasons } from './plain-words.ts';
import type { CandidateReport, ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { dataTable, foldedTable } from './table.ts';
import { scoreName } from './test-rows.ts';
import { visibleLine, visibleProse } from './visible-text.ts';

/** Score by iteration, what each changed, and every candidate. */
export function iterationsSection(data: ReportData): Section | AbsentSection {
  const heading = { id: 'iterations', title: 'Iterations' };
  if (data.iterations.length === 0) {
    return { ...heading, absent: 'No iteration was run, so no candidate was trained.' };
  }
  return { ...heading, body: html`${chart(data)}${moves(data)}${ending(data)}${candidates(data)}` };
}

function ending({ ended }: ReportData): Markup | null {
  return ended === null ? null : html`<p>The search ended because ${stopReasons[ended]}.</p>`;
}

function chart(data: ReportData): Markup {
  const description = data.iterations
    .map((one) => `Iteration ${one.iteration}: ${formatPercent(one.score)}${one.rolledBack ? ', rolled back' : ''}.`)
    .join(' ');
  const text = {
    id: 'chart-iterations',
    title: `${capitalise(scoreName(data))} out of fold by iteration`,
    description,
  };
  return figure(
    responsiveChart(text, (each, width, narrow) =>
      iterationChart(
        each,
        {
          iterations: data.iterations,
          candidates: data.candidates,
          championScore: data.championScore,
          targetScore: data.model.settings.targetScore,
        },
        width,
        narrow,
      ),
    ),
    html`<p class="legend"><span class="key"><span class="key-after" aria-hidden="true">●</span> best candidate of an iteration</span> <span class="key"><span class="key-after" aria-hidden="true">○</span> every candidate</span> <span class="key"><span class="bad" aria-hidden="true">✕</span> rolled back</span></p>`,
  );
}

function moves(data: ReportData): Markup {
  return dataTable(
    'Moves and what followed',
    [
      { title: 'Iteration' },
      { title: 'Move' },
      { title: `Best ${scoreName(data)}`, numeric: true },
      { title: 'What was decided next' },
    ],
    data.iterations.map((one) => [
      String(one.iteration),
      humanise(one.move),
      html`${formatScore(one.score)}${one.rolledBack && html` <span class="bad block">✕ rolled back</span>`}`,
      visibleProse(one.decision),
    ]),
  );
}

function candidates(data: ReportData): Markup {
  const decided = decidedCandidate(data);
  return foldedTable(
    data.candidates.length === 1 ? 'The candidate' : `All ${data.candidates.length} candidates`,
    [
      { title: 'Candidate' },
      { title: 'Iteration', numeric: true },
      { title: 'Data' },
      { title: capitalise(scoreName(data)), numeric: true },
      { title: 'Gate' },
      { title: 'Lost · mended', numeric: true },
      { title: 'Configuration' },
    ],
    data.candidates.map((candidate) => candidateRow(candidate, candidate === decided)),
  );
}

function candidateRow(candidate: CandidateReport, decided: boolean) {
  return [
    html`<span class="id">${visibleLine(candidate.candidateId, 40)}</span>${decided && html` <span class="block quiet">decided on</span>`}`,
    String(candidate.iteration),
    candidate.mode,
    formatScore(candidate.score),
    outcomeTitles[candidate.verdict.outcome],
    `${candidate.verdict.lost} · ${candidate.verdict.gained}`,
    html`<span class="small">${describeConfiguration(candidate.configuration)}</span>`,
  ];
}
