/**
 * A part of a changed text: `text` stands where the text before had `from` to `to`, in UTF-16 units. Where the two are
 * equal it was put in, and stands for nothing.
 */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** The same, where only some of a changed word is changed. */
  readonly finer?: Edited;
}

/**
 * A changed text, part after part. Parts may come in another order than before, twice, or not at all; so it says where
 * everything of the text before stands now.
 */
export type Edited = readonly Piece[];

export function textOf(edited: Edited): string {
  return edited.map(({ text }) => text).join('');
}

/** Text that was not there before. */
export function put(text: string): Piece {
  return { from: 0, to: 0, text };
}

/** A part of a text, or all of it, as it was. */
export function kept(text: string, from = 0, to = text.length): Piece {
  return { from, to, text: text.slice(from, to) };
}

/** The whole text between others. */
export function around(text: string, before: string, after = ''): Edited {
  return [put(before), kept(text), put(after)];
}

/** A text with some of it gone or replaced; what begins and ends alike is kept as it was. */
export function replaced({ from, to, text }: Piece, by: string): Piece {
  const most = Math.min(text.length, by.length);
  let head = 0;
  while (head < most && text[head] === by[head]) head += 1;
  let tail = 0;
  while (tail < most - head && text.at(-1 - tail) === by.at(-1 - tail)) tail += 1;
  const finer = [
    { from, to: from + head, text: text.slice(0, head) },
    { from: from + head, to: to - tail, text: by.slice(head, by.length - tail) },
    { from: to - tail, to, text: text.slice(text.length - tail) },
  ];
  return { from, to, text: by, finer: finer.filter((piece) => piece.from < piece.to || piece.text !== '') };
}

/** Every match replaced, and the rest as it was. @param pattern a global one */
export function replacedAll(text: string, pattern: RegExp, by: string): Edited {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    pieces.push(kept(text, end, index), { from: index, to: index + match.length, text: by });
    end = index + match.length;
  }
  return [...pieces, kept(text, end)];
}

/** A text in which characters were replaced by as many others, one by one; else all of it by all. */
export function characterwise(text: string, changed: string): Edited {
  const now = [...changed];
  const before = [...text];
  if (before.length !== now.length) return [{ from: 0, to: text.length, text: changed }];
  let from = 0;
  return before.map((character, at) => {
    const piece = { from, to: from + character.length, text: now[at] ?? '' };
    from = piece.to;
    return piece;
  });
}

/** The words of a text, each as it was. */
export function wordsOf(text: string, until = text.length): Piece[] {
  return [...text.slice(0, until).matchAll(/\S+/g)].map(({ 0: word, index }) => kept(text, index, index + word.length));
}

/** Parts with the same text between each two of them. */
export function joined(pieces: Edited, between = ' '): Piece[] {
  return pieces.flatMap((piece, at) => (at === 0 ? [piece] : [put(between), piece]));
}
