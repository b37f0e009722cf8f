import { html, type Markup, type Part } from './markup.ts';

/** A column: its heading, and whether it holds numbers (right-aligned, tabular figures). */
export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
  /** Whether it holds sentences, so that its table is wide however few columns it has. */
  readonly long?: boolean;
}

/** From how many columns on a table does not fit a phone, and says that it slides. */
const wideFrom = 6;

/**
 * A data table with caption and scopes; the first cell of a row is its heading. Wide ones scroll sideways in a region
 * that the keyboard can reach.
 */
export function dataTable(caption: string, columns: readonly Column[], rows: readonly (readonly Part[])[]): Markup {
  const wide = columns.length >= wideFrom || columns.some(({ long }) => long === true) ? 'scroll wide' : 'scroll';
  return html`<div class="${wide}" role="region" aria-label="${`Table: ${caption}`}" tabindex="0"><table>
    <caption><span>${caption}</span></caption>
    <thead><tr>${columns.map((column) => html`<th scope="col"${column.numeric === true && html` class="number"`}>${column.title}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => tableCell(cell, index, columns[index]?.numeric === true))}</tr>`)}</tbody>
  </table></div>`;
}

function tableCell(cell: Part, index: number, numeric: boolean): Markup {
  if (index === 0) return html`<th scope="row"${numeric && html` class="number"`}>${cell}</th>`;
  return html`<td${numeric && html` class="number"`}>${cell}</td>`;
}

/** A table behind a disclosure, for what a chart shows already or few will read. */
export function foldedTable(summary: string, columns: readonly Column[], rows: readonly (readonly Part[])[]): Markup {
  return html`<details><summary>${summary}</summary>${dataTable(summary, columns, rows)}</details>`;
}
