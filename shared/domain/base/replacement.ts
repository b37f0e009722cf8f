/** A piece of a text, UTF-16 offsets with the end exclusive, and what takes its place. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** @param replacements in order, apart from one another */
export function replaced(text: string, replacements: readonly Replacement[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: instead } of replacements) {
    result += text.slice(at, start) + instead;
    at = end;
  }
  return result + text.slice(at);
}

/** A place of a text: UTF-16 offsets, end exclusive. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a place is once pieces of its text are replaced: a piece within it stays within it, a place within a piece becomes
 * all that takes the piece's place. Null where a piece covers only an end of it.
 */
export function placeAfter({ start, end }: Place, replacements: readonly Replacement[]): Place | null {
  let [from, to] = [start, end];
  for (const piece of replacements) {
    const longer = piece.text.length - (piece.end - piece.start);
    if (piece.start >= end) break;
    if (piece.end <= start) {
      from += longer;
      to += longer;
    } else if (piece.start >= start && piece.end <= end) to += longer;
    else if (piece.start <= start && piece.end >= end) {
      from -= start - piece.start;
      to = from + piece.text.length;
    } else return null;
  }
  return { start: from, end: to };
}
