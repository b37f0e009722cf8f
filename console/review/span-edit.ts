import type { Entity } from './outputs.ts';
import { type Range, wordsOf } from './pieces.ts';

/** What is edited: the entities, and the words or the entity that are selected. */
export interface SpanEdit {
  readonly text: string;
  readonly words: readonly Range[];
  readonly entities: readonly Entity[];
  readonly selection: Range;
  /** Index of the word where the selection began, and of the one where it ends. */
  readonly anchor: number;
  readonly head: number;
  /** Whether entities may lie over one another, as those of this answer do. */
  readonly overlaps: boolean;
}

/** The first entity is selected, else the first word. */
export function beginEdit(text: string, entities: readonly Entity[]): SpanEdit {
  const words = wordsOf(text);
  const overlaps = entities.some((one, at) => entities.slice(at + 1).some((other) => meet(one, other)));
  const first = entities[0] ?? words[0] ?? { start: 0, end: 0 };
  return select({ text, words, entities, selection: first, anchor: 0, head: 0, overlaps }, first);
}

/** Selects a range as it is, whatever the words are. */
export function select(edit: SpanEdit, { start, end }: Range): SpanEdit {
  const anchor = edit.words.findIndex((word) => word.end > start);
  const head = edit.words.findLastIndex((word) => word.start < end);
  return { ...edit, selection: { start, end }, anchor: Math.max(0, anchor), head: Math.max(0, head) };
}

/** Moves the selection by words. */
export function move(edit: SpanEdit, by: number): SpanEdit {
  const from = by > 0 ? Math.max(edit.anchor, edit.head) : Math.min(edit.anchor, edit.head);
  const at = within(edit, from + by);
  return between({ ...edit, anchor: at, head: at });
}

/** Moves the end of the selection by words, over its beginning too. */
export function extend(edit: SpanEdit, by: number): SpanEdit {
  return between({ ...edit, head: within(edit, edit.head + by) });
}

/** Moves the end of the selection by characters, for what is no whole word. */
export function nudge(edit: SpanEdit, by: number): SpanEdit {
  const { start, end } = edit.selection;
  const cut = cutAt(edit.text, end + by, by);
  return cut > start && cut <= edit.text.length ? { ...edit, selection: { start, end: cut } } : edit;
}

/** Selects the next entity, or the one before, and goes on at the other end. */
export function step(edit: SpanEdit, by: 1 | -1): SpanEdit {
  const { entities, selection } = edit;
  const next =
    by === 1
      ? (entities.find(({ start }) => start > selection.start) ?? entities[0])
      : (entities.findLast(({ start }) => start < selection.start) ?? entities.at(-1));
  return next === undefined ? edit : select(edit, next);
}

/** Makes the selection an entity; those that it lies over give way. */
export function mark(edit: SpanEdit, label: string): SpanEdit {
  const { start, end } = edit.selection;
  if (start >= end) return edit;
  const kept = edit.entities.filter((one) =>
    edit.overlaps ? one.start !== start || one.end !== end : !meet(one, edit.selection),
  );
  const entity = { label, start, end, text: edit.text.slice(start, end) };
  return { ...edit, entities: [...kept, entity].toSorted((a, b) => a.start - b.start || b.end - a.end) };
}

/** Takes away the entities that the selection touches. */
export function clear(edit: SpanEdit): SpanEdit {
  return { ...edit, entities: edit.entities.filter((one) => !meet(one, edit.selection)) };
}

/** What the selection is an entity of; null where it is none. */
export function typeOf({ entities, selection }: SpanEdit): string | null {
  return entities.find(({ start, end }) => start === selection.start && end === selection.end)?.label ?? null;
}

/** The entities as an answer has them. */
export function outputOf({ text, entities }: SpanEdit): Entity[] {
  return entities.map(({ label, start, end }) => ({ label, start, end, text: text.slice(start, end) }));
}

function meet(one: Range, other: Range): boolean {
  return one.start < other.end && other.start < one.end;
}

function within({ words }: SpanEdit, at: number): number {
  return Math.min(Math.max(at, 0), Math.max(0, words.length - 1));
}

function between(edit: SpanEdit): SpanEdit {
  const first = edit.words[Math.min(edit.anchor, edit.head)];
  const last = edit.words[Math.max(edit.anchor, edit.head)];
  if (first === undefined || last === undefined) return edit;
  return { ...edit, selection: { start: first.start, end: last.end } };
}

/** Never within a character of two units. */
function cutAt(text: string, at: number, by: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + Math.sign(by) : at;
}
