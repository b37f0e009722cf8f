import { formatCount } from '../../domain/base/wording.ts';
import { formatPercent } from './format.ts';
import { html } from './markup.ts';
import { setMeaning, setTitle } from './plain-words.ts';
import type { ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { dataTable } from './table.ts';
import { visibleLine } from './visible-text.ts';

/** The evaluation sets of the run: what they are for, how large they are, and what is on record as right. */
export function evaluationSetsSection(data: ReportData): Section | AbsentSection {
  const heading = { id: 'evaluation-sets', title: 'Evaluation sets' };
  if (data.sets.length === 0) {
    return { ...heading, absent: 'No evaluation set was made: the run ended before the traffic was split.' };
  }
  return {
    ...heading,
    body: html`<p>Near-duplicates fall on one side for the life of the model: what trained is never used to decide or to report.</p>
          ${dataTable(
            'Evaluation sets and what is on record',
            [
              { title: 'Set' },
              { title: 'What it is for' },
              { title: 'Examples', numeric: true },
              { title: 'Right on record', numeric: true },
            ],
            data.sets.map((set) => [
              html`${setTitle(set.name)}${setTitle(set.name) !== set.name && html` <span class="id block">${visibleLine(set.name, 60)}</span>`}`,
              setMeaning(set.name),
              formatCount(set.size),
              set.size === 0 ? '0' : `${formatCount(set.right)} (${formatPercent(set.right / set.size)})`,
            ]),
          )}`,
  };
}
