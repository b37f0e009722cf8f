import { formatCount } from '../../domain/base/wording.ts';
import { formatInterval, formatRate } from './format.ts';
import { html } from './markup.ts';
import type { ReportData } from './report-data.ts';
import type { Section } from './section.ts';

/** The paper's own figure, apart from all others; null where there is none. */
export function paperSection({ allFailuresFixed: rate }: ReportData): Section | null {
  if (rate === null) return null;
  return {
    id: 'paper',
    title: "The paper's own figure",
    body: html`<aside class="note" aria-label="The paper's own figure"><p><strong>${formatRate(rate)}</strong> of the failures fixed (${formatCount(rate.right)} of ${formatCount(rate.of)}${rate.of > 0 && `; ${formatInterval(rate)}`}), failures it trained on included; no measure of quality. It is given for comparison with other work that reports it so: judge the candidate by the figures out of fold above.</p></aside>`,
  };
}
