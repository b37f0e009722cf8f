import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entity } from '../../../console/review/outputs.ts';
import { piecesOf } from '../../../console/review/pieces.ts';
import {
  beginEdit,
  clear,
  extend,
  mark,
  move,
  nudge,
  outputOf,
  type SpanEdit,
  step,
} from '../../../console/review/span-edit.ts';

const text = 'Zoe met Dr. Amara in New York 👋🏽, then left.';
const selected = ({ selection: { start, end } }: SpanEdit) => text.slice(start, end);
const zoe: Entity = { label: 'city', start: 0, end: 3 };
const fresh = () => beginEdit(text, [zoe, { label: 'city', start: 21, end: 24 }]);

describe('entities edited by keys', () => {
  it('begin at the first entity, else at the first word', () => {
    expect(selected(fresh())).toBe('Zoe');
    expect(selected(beginEdit(text, []))).toBe('Zoe');
    expect(beginEdit('', []).selection).toEqual({ start: 0, end: 0 });
  });

  it('are gone through by words and signs, and no further than the text', () => {
    expect(selected(move(fresh(), 1))).toBe('met');
    expect(selected(move(fresh(), -1))).toBe('Zoe');
    expect(selected(move(fresh(), 100))).toBe('.');
  });

  it('are extended by words, over the beginning too', () => {
    const two = extend(move(fresh(), 1), 1);
    expect(selected(two)).toBe('met Dr');
    expect(selected(extend(two, -2))).toBe('Zoe met');
  });

  it('are extended by characters, never by half of one', () => {
    expect(selected(nudge(fresh(), -1))).toBe('Zo');
    const york = step(fresh(), 1);
    expect(selected(york)).toBe('New');
    const wave = nudge(extend(york, 1), 1);
    expect(selected(nudge(wave, 1)).isWellFormed()).toBe(true);
  });

  it('are typed, and take the place of those that they lie over', () => {
    const york = mark(extend(step(fresh(), 1), 1), 'place');
    expect(outputOf(york)).toEqual([
      { label: 'city', start: 0, end: 3, text: 'Zoe' },
      { label: 'place', start: 21, end: 29, text: 'New York' },
    ]);
  });

  it('stay beside each other where the answer has some that lie over one another', () => {
    const nested = beginEdit(text, [
      { label: 'phrase', start: 18, end: 29 },
      { label: 'city', start: 21, end: 24 },
    ]);
    const more = mark(extend(step(nested, 1), 1), 'city');
    expect(outputOf(more).map(({ label, text: words }) => [label, words])).toEqual([
      ['phrase', 'in New York'],
      ['city', 'New York'],
      ['city', 'New'],
    ]);
  });

  it('are taken away where the selection touches them', () => {
    expect(outputOf(clear(fresh()))).toHaveLength(1);
    expect(outputOf(clear(extend(fresh(), 100)))).toEqual([]);
  });

  it('always name places of the text, whatever is pressed', () => {
    const steps = [
      (edit: SpanEdit) => move(edit, 1),
      (edit: SpanEdit) => move(edit, -1),
      (edit: SpanEdit) => extend(edit, 1),
      (edit: SpanEdit) => extend(edit, -1),
      (edit: SpanEdit) => nudge(edit, 1),
      (edit: SpanEdit) => nudge(edit, -1),
      (edit: SpanEdit) => step(edit, 1),
      (edit: SpanEdit) => step(edit, -1),
      (edit: SpanEdit) => mark(edit, 'city'),
      clear,
    ];
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(steps.length - 1)), (any, presses) => {
        const end = presses.reduce((edit, at) => steps[at]?.(edit) ?? edit, beginEdit(any, []));
        let before = 0;
        for (const entity of outputOf(end)) {
          expect(entity.start).toBeGreaterThanOrEqual(before);
          expect(entity.end).toBeGreaterThan(entity.start);
          expect(entity.end).toBeLessThanOrEqual(any.length);
          expect(entity.text).toBe(any.slice(entity.start, entity.end));
          before = entity.end;
        }
        const pieces = piecesOf(any, end.entities, end.selection);
        expect(pieces.map((piece) => any.slice(piece.start, piece.end)).join('')).toBe(any);
      }),
    );
  });
});
