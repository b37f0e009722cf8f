import type { ExampleText } from '../../domain/report.ts';
import { html, type Markup } from './markup.ts';
import { untrustedText } from './untrusted-text.ts';
import { visibleLine } from './visible-text.ts';

/** Examples as a list: the text, the right answer, and what was answered before and after; the rest only counted. */
export function exampleList(examples: readonly ExampleText[], limit: number): Markup {
  const left = examples.length - limit;
  return html`<ul class="examples">${examples.slice(0, limit).map(exampleCard)}</ul>${left > 0 && html`<p class="quiet">${left} more are not shown here.</p>`}`;
}

function exampleCard(example: ExampleText): Markup {
  return html`<li class="example">
    ${untrustedText(example.input)}
    <dl class="answers">
      <div><dt>Right answer</dt><dd>${visibleLine(example.expected, 120)}</dd></div>
      ${answer('Before', example.before, example.expected)}
      ${answer('After', example.after, example.expected)}
      <div><dt>Trace</dt><dd class="id">${visibleLine(example.traceId, 60)}</dd></div>
    </dl>
  </li>`;
}

function answer(when: string, output: string | null, expected: string): Markup | null {
  if (output === null) return null;
  const right = output === expected;
  return html`<div><dt>${when}</dt><dd><span class="${right ? 'good' : 'bad'}">${right ? '✓ right' : '✗ wrong'}</span> ${visibleLine(output, 120)}</dd></div>`;
}
