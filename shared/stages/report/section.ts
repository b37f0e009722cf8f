import { html, type Markup, type Part } from './markup.ts';

/** A section of the report. */
export interface Section {
  /** Anchor: letters and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

/** A section as a labelled region with its heading. */
export function renderSection(section: Section): Markup {
  return html`<section id="${section.id}" aria-labelledby="${section.id}-heading">
  <h2 id="${section.id}-heading">${section.title}</h2>
  ${section.body}
</section>`;
}

/** A sentence on what is missing, and why. */
export function missing(...parts: readonly Part[]): Markup {
  return html`<p class="missing">${parts}</p>`;
}
