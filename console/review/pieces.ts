import type { Entity } from './outputs.ts';

/** A piece of a text that lies in the same entities and the same selection throughout. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** Of the innermost entity around it; null outside of all. */
  readonly entity: Entity | null;
  /** Entities that end with it. */
  readonly ends: readonly Entity[];
  readonly selected: boolean;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A text cut wherever an entity or the selection begins or ends. */
export function piecesOf(text: string, entities: readonly Entity[], selection: Range | null): readonly Piece[] {
  const inside = (at: number): number => Math.min(Math.max(at, 0), text.length);
  const places = [...entities, ...(selection === null ? [] : [selection])].flatMap(({ start, end }) => [start, end]);
  const cuts = [...new Set([0, ...places.map(inside), text.length])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, at) => {
    const end = cuts[at + 1] ?? text.length;
    const around = entities.filter((entity) => entity.start <= start && entity.end >= end);
    return {
      start,
      end,
      entity: around.toSorted((a, b) => a.end - a.start - (b.end - b.start))[0] ?? null,
      ends: around.filter((entity) => entity.end === end),
      selected: selection !== null && selection.start <= start && selection.end >= end,
    };
  });
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** Words and signs of a text, without the spaces between them. */
export function wordsOf(text: string): readonly Range[] {
  return [...segmenter.segment(text)]
    .filter(({ segment }) => segment.trim() !== '')
    .map(({ segment, index }) => ({ start: index, end: index + segment.length }));
}
