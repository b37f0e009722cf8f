import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, type Markup, trustedMarkup } from './markup.ts';
import { visibleLine } from './visible-text.ts';

/** What a chart says, for those who cannot see it. */
export interface ChartText {
  /** Unique in the document; only letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Width in CSS pixels of a chart beside text or on a wide page, and on a phone. */
export const chartWidths = { wide: 800, narrow: 336 } as const;

/** Draws a plot without a browser as an inline SVG with a title and a description. */
export function drawChart(text: ChartText, options: PlotOptions): Markup {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({ style: { fontSize: '12px' }, ...options, document, className: 'chart', figure: false });
  for (const style of svg.querySelectorAll('style')) style.remove();
  svg.removeAttribute('style');
  svg.removeAttribute('font-family');
  svg.setAttribute('font-size', '12');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', `${text.id}-title ${text.id}-desc`);
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  title.setAttribute('id', `${text.id}-title`);
  title.textContent = visibleLine(text.title, 200);
  const description = document.createElementNS('http://www.w3.org/2000/svg', 'desc');
  description.setAttribute('id', `${text.id}-desc`);
  description.textContent = visibleLine(text.description, 4_000);
  svg.prepend(title, description);
  return trustedMarkup(svg.outerHTML);
}

/** A chart drawn twice, for a wide and for a narrow page; the style sheet shows one of the two. */
export function responsiveChart(
  text: ChartText,
  draw: (text: ChartText, width: number, narrow: boolean) => Markup,
): Markup {
  return html`<div class="chart-wide">${draw({ ...text, id: `${text.id}-w` }, chartWidths.wide, false)}</div>
    <div class="chart-narrow">${draw({ ...text, id: `${text.id}-n` }, chartWidths.narrow, true)}</div>`;
}

/** A figure with its caption. */
export function figure(chart: Markup, caption: Markup | string): Markup {
  return html`<figure>${chart}<figcaption>${caption}</figcaption></figure>`;
}
