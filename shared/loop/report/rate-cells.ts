import { formatCount } from '../../domain/base/wording.ts';
import { changeOf } from './chart-rates.ts';
import { enoughForPoints, formatChange, formatInterval, formatShare } from './format.ts';
import { html, type Markup, type Part } from './markup.ts';
import type { BeforeAfter, Rate } from './report-data.ts';

/** The cells of a rate before and after, and of its change. */
export function rateCells(row: Omit<BeforeAfter, 'name'>): readonly Part[] {
  return [rateCell(row.before), rateCell(row.after), changeCell(row)];
}

/** A rate with its count and its interval; of few the count alone is in bold. */
export function rateCell(rate: Rate): Markup {
  if (rate.of === 0) return html`<span class="quiet">none</span>`;
  const count =
    rate.of < enoughForPoints
      ? null
      : html` <span class="quiet block">${formatCount(rate.right)} of ${formatCount(rate.of)}</span>`;
  return html`<strong>${formatShare(rate)}</strong>${count} <span class="quiet block">${formatInterval(rate)}</span>`;
}

function changeCell(row: Omit<BeforeAfter, 'name'>): Markup {
  const change = changeOf(row);
  const tone = change === null || Math.abs(change) < 0.0005 ? 'quiet' : change > 0 ? 'good' : 'bad';
  return html`<span class="${tone}">${formatChange(row)}</span>`;
}
