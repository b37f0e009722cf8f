import { html, type Markup } from './markup.ts';
import type { ExampleText, ShownAnswer } from './report-data.ts';
import { untrustedText } from './untrusted-text.ts';
import { visibleLine } from './visible-text.ts';

/**
 * Examples as a list: the text, the right answer, and what was answered before and, with `after`, afterwards; beyond
 * the limit they are only counted.
 */
export function exampleList(examples: readonly ExampleText[], limit: number, after: boolean): Markup {
  const left = examples.length - limit;
  return html`<ul class="examples">${examples.slice(0, limit).map((example) => exampleCard(example, after))}</ul>${left > 0 && html`<p class="quiet">${left} more are not shown here.</p>`}`;
}

function exampleCard(example: ExampleText, after: boolean): Markup {
  return html`<li class="example">
    ${untrustedText(example.input)}
    <dl class="answers">
      <div><dt>Right answer</dt><dd>${example.expected === null ? html`<span class="quiet">nobody has said</span>` : visibleLine(example.expected, 120)}</dd></div>
      ${answer('Before', example.before)}
      ${after && answer('After', example.after ?? noAnswer)}
      <div><dt>Trace</dt><dd class="id">${visibleLine(example.traceId, 60)}</dd></div>
    </dl>
  </li>`;
}

const noAnswer: ShownAnswer = { output: null, right: false };

function answer(when: string, { output, right }: ShownAnswer): Markup {
  return html`<div><dt>${when}</dt><dd><span class="${right ? 'good' : 'bad'}">${right ? '✓ right' : '✗ wrong'}</span> ${output === null ? '(no answer)' : visibleLine(output, 120)}</dd></div>`;
}
