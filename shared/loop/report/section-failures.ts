import { formatCount, plural } from '../../domain/base/wording.ts';
import { exampleList } from './example-card.ts';
import { html } from './markup.ts';
import type { ReportData } from './report-data.ts';
import type { Section } from './section.ts';

/** The failures one by one, where the run ended before they were analysed; null where there are none, or they were. */
export function failuresSection({ failing }: ReportData): Section | null {
  const { count, examples } = failing;
  if (count === 0) return null;
  return {
    id: 'failures',
    title: 'Failures',
    body: html`<p>${plural(count, 'trace')} that the champion of today gets wrong, those that it is surest of first. They were not analysed, because the run ended before.</p>
    ${exampleList(examples, examples.length, false)}
    ${count > examples.length && html`<p class="quiet">${formatCount(count - examples.length)} more are not shown here.</p>`}`,
  };
}
