import { html, type Markup } from './markup.ts';
import { visibleLine, visibleName } from './visible-text.ts';

/** A name cut in its middle where it is long; the whole of it is read aloud, and shown by a pointer that rests on it. */
export function shownName(name: string, limit: number): Markup {
  const cut = visibleName(name, limit);
  const whole = visibleLine(name, 400);
  if (cut === whole) return html`<span dir="auto">${cut}</span>`;
  return html`<span dir="auto" title="${whole}"><span aria-hidden="true">${cut}</span><span class="unseen">${whole}</span></span>`;
}
