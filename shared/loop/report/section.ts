import { html, type Markup } from './markup.ts';

/** A section of the report. */
export interface Section {
  /** Anchor: letters and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

/** A section that the run did not get to, and a sentence on why. */
export interface AbsentSection {
  readonly id: string;
  readonly title: string;
  readonly absent: string;
}

/** Whether there is something to show. */
export function isPresent(section: Section | AbsentSection): section is Section {
  return 'body' in section;
}

/** Whether the run did not get there. */
export function isAbsent(section: Section | AbsentSection): section is AbsentSection {
  return 'absent' in section;
}

/** A section as a labelled region with its heading. */
export function renderSection(section: Section): Markup {
  return html`<section id="${section.id}" aria-labelledby="${section.id}-heading">
  <h2 id="${section.id}-heading">${section.title}</h2>
  ${section.body}
</section>`;
}

/** One section for all that the run did not get to. */
export function absentSection(sections: readonly AbsentSection[]): Section {
  return {
    id: 'not-reached',
    title: 'What this run did not get to',
    body: html`<dl class="absences">${sections.map((section) => html`<div><dt>${section.title}</dt><dd>${section.absent}</dd></div>`)}</dl>`,
  };
}

/** A sentence in place of a part that is missing. */
export function missing(sentence: string): Markup {
  return html`<p class="missing">${sentence}</p>`;
}
