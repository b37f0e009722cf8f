import type { Mark } from '../../domain/base/task-kind.ts';
import { formatCount } from '../../domain/base/wording.ts';
import { markedText, piecesToShow } from './highlight.ts';
import { html, type Markup } from './markup.ts';
import type { ExampleText, ShownAnswer } from './report-data.ts';
import { untrustedText } from './untrusted-text.ts';
import { visibleLine } from './visible-text.ts';

/**
 * Examples as a list: the text, the right answer, and what was answered before and, with `after`, afterwards; beyond
 * the limit they are only counted. Answers that name places of the text are shown in it.
 * @param after whether a missing answer of afterwards is one that was not given
 */
export function exampleList(examples: readonly ExampleText[], limit: number, after: boolean): Markup {
  const left = examples.length - limit;
  return html`<ul class="examples">${examples.slice(0, limit).map((example) => exampleCard(example, after))}</ul>${left > 0 && html`<p class="quiet">${left} more are not shown here.</p>`}`;
}

function exampleCard(example: ExampleText, after: boolean): Markup {
  if (namesPlaces(example)) return placesCard(example, after);
  return html`<li class="example">
    ${untrustedText(example.input)}
    <dl class="answers">
      <div><dt>Right answer</dt><dd>${example.expected === null ? html`<span class="quiet">nobody has said</span>` : visibleLine(example.expected, 120)}</dd></div>
      ${answer('Before', example.before)}
      ${(after || example.after !== null) && answer('After', example.after ?? noAnswer)}
      <div><dt>Trace</dt><dd class="id">${visibleLine(example.traceId, 60)}</dd></div>
    </dl>
  </li>`;
}

function namesPlaces({ expectedMarks, before, after }: ExampleText): boolean {
  return [expectedMarks, before.marks, after?.marks].some((marks) => marks !== undefined);
}

/** An example whose answers name places: the text once for each, in the same pieces. */
function placesCard(example: ExampleText, after: boolean): Markup {
  const { input, expectedMarks = null, before } = example;
  const all = [expectedMarks, before.marks, example.after?.marks].flatMap((marks) => marks ?? []);
  const pieces = piecesToShow(input, all);
  const text = (marks: readonly Mark[], expected: readonly Mark[] | null) =>
    input.trim() === '' ? untrustedText(input) : markedText(input, marks, expected, pieces);
  const answered = (when: string, { marks, output, right }: ShownAnswer) =>
    html`<div><dt>${when} ${verdictOf(right)}${output === null && ' (no answer)'}</dt><dd>${marks !== undefined && text(marks, expectedMarks)}${marks?.length === 0 && html`<p class="quiet small">no entity</p>`}</dd></div>`;
  const isCut = pieces.length > 1 || (pieces[0]?.end ?? 0) - (pieces[0]?.start ?? 0) < input.length;
  return html`<li class="example">
    <dl class="answers places">
      <div><dt>Right answer</dt><dd>${expectedMarks === null ? html`<span class="quiet">nobody has said</span>` : text(expectedMarks, null)}${expectedMarks?.length === 0 && html`<p class="quiet small">no entity</p>`}</dd></div>
      ${answered('Before', before)}
      ${(after || example.after !== null) && answered('After', example.after ?? noAnswer)}
      <div><dt>Trace</dt><dd class="id">${visibleLine(example.traceId, 60)}</dd></div>
    </dl>
    ${isCut && html`<details class="rest"><summary>The whole text (${formatCount(input.length)} characters)</summary>${untrustedText(input)}</details>`}
  </li>`;
}

function verdictOf(right: boolean): Markup {
  return html`<span class="${right ? 'good' : 'bad'}">${right ? '✓ right' : '✗ wrong'}</span>`;
}

const noAnswer: ShownAnswer = { output: null, right: false };

function answer(when: string, { output, right }: ShownAnswer): Markup {
  return html`<div><dt>${when}</dt><dd>${verdictOf(right)} ${output === null ? '(no answer)' : visibleLine(output, 120)}</dd></div>`;
}
