import { formatCount } from '../../domain/base/wording.ts';

import { html, type Markup } from './markup.ts';
import { cutText, visibleLine, visibleText } from './visible-text.ts';

const lead = 240;
const most = 2_000;

/**
 * A trace's text for a person to read: inert, invisible characters shown, the first 240 characters at once, up to
 * 2,000 behind a disclosure, and a note of what was left out.
 */
export function untrustedText(text: string): Markup {
  if (text.trim() === '') return html`<p class="quiet">(empty text, ${formatCount(text.length)} characters)</p>`;
  const shown = visibleText(cutText(text, most));
  if (shown.length <= lead * 1.2 && text.length <= most) return html`<blockquote dir="auto">${shown}</blockquote>`;
  const first = cutText(shown, lead);
  const rest = cutText(shown.slice(first.length), most - lead);
  const isCut = text.length > most || shown.length > most;
  return html`<blockquote dir="auto">${first}<span class="quiet">…</span></blockquote>
    <details class="rest"><summary>The rest of this text (${formatCount(text.length)} characters)</summary>
      <blockquote dir="auto">…${rest}${isCut && html`<span class="quiet"> … cut here; the whole text has ${formatCount(text.length)} characters.</span>`}</blockquote>
    </details>`;
}

/** A trace's text in a table cell: one line where it is short, else a disclosure that opens the whole. */
export function compactText(text: string): Markup {
  const line = visibleLine(text, 110);
  if (text.length <= 110 && !text.includes('\n')) return html`<span dir="auto">${line}</span>`;
  return html`<details class="compact"><summary dir="auto">${line}</summary>${untrustedText(text)}</details>`;
}
