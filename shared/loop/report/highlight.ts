import type { Mark } from '../../domain/base/task-kind.ts';
import { formatCount } from '../../domain/base/wording.ts';
import { html, type Markup, type Part } from './markup.ts';
import { cutText, visibleLine, visibleText } from './visible-text.ts';

/** Texts up to this length are shown as a whole, in UTF-16 units; of longer ones what stands around their places. */
const wholeUpTo = 400;
const around = 60;
const mostPlaces = 30;
const longestPlace = 300;

/** A place of a text, and whether it is right; null where nobody has said what is right. */
interface ShownMark extends Mark {
  readonly right: boolean | null;
}

/** A piece of a text that is shown, UTF-16 offsets, end exclusive. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * The pieces of a text to show so that all its places are seen: the whole of a short one. Answers to one text are shown
 * in the same pieces, so that they can be compared.
 */
export function piecesToShow(text: string, marks: readonly Mark[]): readonly Piece[] {
  if (text.length <= wholeUpTo) return [{ start: 0, end: text.length }];
  const wanted = [...marks]
    .sort((a, b) => a.start - b.start)
    .slice(0, mostPlaces)
    .map(({ start, end }) => ({
      start: Math.max(0, start - around),
      end: Math.min(text.length, Math.min(end, start + longestPlace) + around),
    }));
  if (wanted.length === 0) return [{ start: 0, end: atCharacter(text, wholeUpTo) }];
  const pieces: { start: number; end: number }[] = [];
  for (const { start, end } of wanted) {
    const last = pieces.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else pieces.push({ start, end });
  }
  return pieces.map(({ start, end }) => ({ start: atCharacter(text, start), end: atCharacter(text, end) }));
}

/**
 * A text with its places underlined and named, inert and with invisible characters shown. Right and wrong places differ
 * by sign and line, not by colour alone. Of places that share characters the first is marked, the others are named below.
 * @param expected the right places, by which those of an answer are told right or wrong; null where they are not known
 */
export function markedText(
  text: string,
  marks: readonly Mark[],
  expected: readonly Mark[] | null,
  pieces: readonly Piece[],
): Markup {
  const known = expected && new Set(expected.map(keyOf));
  const shown = marks.map((mark): ShownMark => ({ ...mark, right: known === null ? null : known.has(keyOf(mark)) }));
  const apart: ShownMark[] = [];
  const inLine: ShownMark[] = [];
  for (const mark of [...shown].sort((a, b) => a.start - b.start || b.end - a.end)) {
    (mark.start < (inLine.at(-1)?.end ?? 0) ? apart : inLine).push(mark);
  }
  const unseen = inLine.filter(
    ({ start }) => !pieces.some((piece) => start >= piece.start && start < piece.end),
  ).length;
  return html`<blockquote class="marked" dir="auto">${pieces.map((piece, index) => [index > 0 ? gap : piece.start > 0 && beginning, ...pieceOf(text, piece, inLine)])}${(pieces.at(-1)?.end ?? 0) < text.length && html`<span class="quiet"> …</span>`}</blockquote>
    ${apart.length > 0 && html`<p class="small">Within or across these: ${apart.slice(0, mostPlaces).map((mark) => html`${namedPlace(text, mark)} `)}</p>`}
    ${unseen > 0 && html`<p class="quiet small">${formatCount(unseen)} more further on.</p>`}`;
}

const beginning = html`<span class="quiet">… </span>`;
const gap = html`<span class="quiet"> … </span>`;

function pieceOf(text: string, { start, end }: Piece, marks: readonly ShownMark[]): readonly Part[] {
  const parts: Part[] = [];
  let at = start;
  for (const mark of marks) {
    if (mark.start < start || mark.start >= end) continue;
    parts.push(visibleText(text.slice(at, mark.start)), namedPlace(text, mark));
    at = mark.end;
  }
  if (at < end) parts.push(visibleText(text.slice(at, end)));
  return parts;
}

/** The types of places are names, which keep their own direction beside the text. */
function namedPlace(text: string, { start, end, facet, right }: ShownMark): Markup {
  const whole = text.slice(start, end);
  const place = cutText(whole, longestPlace);
  const sign = right === null ? '' : right ? '✓ ' : '✗ ';
  const look = right === null ? 'place' : right ? 'place place-right' : 'place place-wrong';
  return html`<mark class="${look}"><bdi>${visibleText(place)}${place.length < whole.length && '…'}</bdi><bdi class="type">${sign}${visibleLine(facet, 60)}</bdi></mark>`;
}

function keyOf({ start, end, facet }: Mark): string {
  return `${start} ${end} ${facet}`;
}

/** The offset, or the one before where it would cut a character in half. */
function atCharacter(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return code >= 0xdc00 && code <= 0xdfff && offset > 0 ? offset - 1 : offset;
}
