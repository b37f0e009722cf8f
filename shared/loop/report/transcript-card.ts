import { formatCount, plural } from '../../domain/base/wording.ts';
import type { Proposal, Transcript, TranscriptTurn } from '../../operations/transcript.ts';
import { endingWords } from './agent-usage.ts';
import { agentAnchor, turnAnchor } from './gather-transcripts.ts';
import { html, type Markup } from './markup.ts';
import { visibleLine, visibleProse } from './visible-text.ts';

const longestText = 600;
const longestCall = 400;
const shownParts = 20;

/** One agent, folded: what it used, what it proposed, and its turns. All of its texts are untrusted. */
export function transcriptCard(transcript: Transcript, at: number): Markup {
  const { role, iteration, item, why, usage, turns, leftOut, proposals, agentId } = transcript;
  const ended = why === 'working' ? 'still at work' : endingWords[why];
  const where = iteration === 0 ? visibleLine(item, 80) : `${visibleLine(item, 80)}, iteration ${iteration}`;
  return html`<details id="${agentAnchor(at)}"><summary>${role}, ${where}: ${ended} after ${plural(usage.turns, 'turn')}, $${dollars(usage.microUsd)}</summary>
    <p>${usedWords(transcript)}</p>
    ${proposals.map((proposal) => proposed(proposal, at, turns))}
    ${turns.length > 0 && html`<ol class="turns">${turns.map((turn) => turnItem(turn, at))}</ol>`}
    ${leftOut > 0 && html`<p class="quiet">${plural(leftOut, 'turn')} not shown here${turns.length > 0 || why === 'working' ? '' : ': erased, or beyond what one page shows'}. ratchet report ${visibleLine(runOf(transcript), 120)} --transcripts ${visibleLine(agentId, 120)}</p>`}
  </details>`;
}

function runOf({ folder }: Transcript): string {
  return folder.split('/')[2] ?? '';
}

function usedWords({ usage, allowance, spent, compactions, refused, model, detail }: Transcript): string {
  const parts = [
    `${formatCount(usage.inputTokens)} tokens read, ${formatCount(usage.outputTokens)} written`,
    ...(allowance === null
      ? []
      : [
          `${formatCount(spent.turns)} of ${formatCount(allowance.turns)} turns of the run's agents used${allowance.usd === null ? '' : `, $${dollars(spent.microUsd)} of $${allowance.usd.toFixed(2)}`}`,
        ]),
    ...(compactions === 0 ? [] : [`older turns dropped from its view ${plural(compactions, 'time')}`]),
    ...(refused === 0 ? [] : [`${formatCount(refused)} refused`]),
  ];
  const asked = model === null ? '' : `Asked ${visibleLine(model, 120)}. `;
  return `${asked}${parts.join('; ')}.${detail === '' ? '' : ` ${visibleLine(detail, 300)}`}`;
}

function proposed({ turn, tool, stands, parts }: Proposal, at: number, shown: Transcript['turns']): Markup {
  const taken = parts.filter(({ refused }) => refused === null).length;
  const isShown = shown.some((one) => one.turn === turn);
  return html`<p>${isShown ? html`<a href="#${turnAnchor(at, turn)}">Turn ${turn}</a>` : `Turn ${turn}`}, ${visibleLine(tool, 60)}: ${formatCount(taken)} of ${formatCount(parts.length)} stand${!stands && taken > 0 && html` <span class="quiet">(replaced by a later call)</span>`}.</p>
    <ul class="evidence">${parts.slice(0, shownParts).map(({ what, refused, traceIds }) => html`<li>${visibleLine(what, 200)}${traceIds.length > 0 && html` <span class="quiet">${plural(traceIds.length, 'trace')}</span>`}${refused !== null && html` <span class="bad">refused: ${visibleLine(refused, 200)}</span>`}</li>`)}</ul>
    ${parts.length > shownParts && html`<p class="quiet">${formatCount(parts.length - shownParts)} more.</p>`}`;
}

function turnItem({ turn, text, calls, note, dropped, usage }: TranscriptTurn, at: number): Markup {
  return html`<li id="${turnAnchor(at, turn)}" value="${turn}">
    ${dropped > 0 && html`<p class="quiet small">${plural(dropped, 'older turn')} dropped from view before this one.</p>`}
    ${text !== '' && html`<blockquote dir="auto">${visibleProse(text, longestText)}</blockquote>`}
    ${calls.map(
      ({
        name,
        arguments: given,
        result,
        failed,
      }) => html`<p dir="auto"><strong>${visibleLine(name, 64)}</strong> <span class="id">${visibleLine(given, longestCall)}</span></p>
      <p class="quiet small" dir="auto">${failed && html`<span class="bad">failed</span> `}${result === null ? 'Not done.' : visibleLine(result, longestCall)}</p>`,
    )}
    ${note !== null && html`<p class="quiet small">${visibleLine(note, 300)}</p>`}
    <p class="quiet small">${formatCount(usage.inputTokens)} tokens read, ${formatCount(usage.outputTokens)} written, $${dollars(usage.microUsd)}</p>
  </li>`;
}

function dollars(microUsd: number): string {
  return (microUsd / 1_000_000).toFixed(4);
}
