import type { RandomStream } from '../../../shared/ports/random.ts';
import type { Corpus, Labelled } from './corpus.ts';
import { type Edited, kept, type Piece, replaced } from './edited.ts';
import { tokensOf } from './tokens.ts';

/** Changes a text; null when the text gives it nothing to change. */
export type Edit = (text: string, random: RandomStream, corpus: Corpus) => Edited | null;

/** A text that quotes another one, as a change of the one and as a change of the other. */
export interface Quoting {
  readonly own: Edited;
  readonly quoted: Labelled;
  readonly ofQuoted: Edited;
}

/** Changes an input in the light of its right output; null when it cannot. */
export type LabelledEdit = (host: Labelled, random: RandomStream, corpus: Corpus) => Quoting | null;

export function pick<T>(items: readonly T[], random: RandomStream): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

/** A whole number from `least` to `most`, both included. */
export function between(least: number, most: number, random: RandomStream): number {
  return least + random.below(most - least + 1);
}

/**
 * Replaces some tokens: of those that `change` can do something with, `count` drawn at random. Spacing is kept.
 * @returns tokens and what is between them, a piece each; null when no token can be changed
 */
export function changeTokens(
  text: string,
  count: number,
  random: RandomStream,
  change: (token: string) => string | null,
): Edited | null {
  const pieces: Piece[] = [...text.matchAll(/\s+|\S+/g)].map(({ 0: part, index }) =>
    kept(text, index, index + part.length),
  );
  const candidates = pieces.flatMap((piece, at) => {
    if (piece.text.trim() === '') return [];
    const changed = change(piece.text);
    return changed === null || changed === piece.text ? [] : [{ at, piece: replaced(piece, changed) }];
  });
  if (candidates.length === 0) return null;
  for (const { at, piece } of random.shuffle(candidates).slice(0, Math.max(1, count))) pieces[at] = piece;
  return pieces;
}

/** How many of a text's tokens an edit of this strength touches; at least one. */
export function someOf(text: string, share: number): number {
  return Math.max(1, Math.round(share * tokensOf(text).length));
}
