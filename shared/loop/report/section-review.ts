import { formatCount } from '../../domain/base/wording.ts';
import { reviewFile, reviewWords } from '../state/review.ts';
import { html } from './markup.ts';
import { ingestReview } from './next-steps.ts';
import type { ReportData } from './report-data.ts';
import type { Section } from './section.ts';
import { dataTable } from './table.ts';

/** What a person should judge, where it lies, and how it comes back; null where nothing does. */
export function reviewSection(data: ReportData): Section | null {
  const { counts, lines } = data.review;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  return {
    id: 'review',
    title: 'For a person to review',
    body: html`<p>The file <span class="id">${reviewFile}</span> beside this report holds ${total > lines ? html`the first ${formatCount(lines)} of these ${formatCount(total)} traces; ${formatCount(total - lines)} more are left for after the next run` : `these ${formatCount(total)} traces`}, a line each, what is most doubtful first. Write the right output in place of <span class="id">null</span> at <span class="id">expected</span>, also where the answer on record is right; leave the other lines as they are. Then:</p>
    <p><code class="id">${ingestReview(data)}</code></p>
    <p>What is filled in counts as a person's judgement, and above all others; what is not changes nothing. <span class="id">ratchet report ${data.run.runId} --review</span> prints the path of the file.</p>
    ${dataTable(
      'Traces to review by reason',
      [{ title: 'Reason' }, { title: 'Traces', numeric: true }],
      counts.map(({ why, count }) => [reviewWords[why], formatCount(count)]),
    )}`,
  };
}
