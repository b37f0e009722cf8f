import { describe, expect, it } from 'vitest';
import type { Entity } from '../../../../shared/tasks/extraction/entity.ts';
import { overlaps, spanErrors } from '../../../../shared/tasks/extraction/span-errors.ts';

/** `city 0-5` */
const entity = (written: string): Entity => {
  const [label = '', start, end] = written.split(/[ -]/);
  return { label, start: Number(start), end: Number(end) };
};
const shown = (one: Entity | null) => (one === null ? null : `${one.label} ${one.start}-${one.end}`);
const errors = (expected: readonly string[], answered: readonly string[]) =>
  spanErrors(expected.map(entity), answered.map(entity)).map((error) => [
    error.kind,
    shown(error.expected),
    shown(error.answered),
  ]);

it('entities overlap that share a character', () => {
  const one = entity('city 4-8');
  for (const other of ['a 7-9', 'a 2-5', 'a 5-6', 'a 0-20']) expect(overlaps(one, entity(other)), other).toBe(true);
  for (const other of ['a 8-9', 'a 2-4', 'a 0-1', 'a 12-20']) expect(overlaps(one, entity(other)), other).toBe(false);
});

describe('what is wrong with entities', () => {
  it.each([
    [[], [], []],
    [['city 0-5'], ['city 0-5'], []],
    [['city 0-5'], [], [['missed', 'city 0-5', null]]],
    [[], ['city 0-5'], [['spurious', null, 'city 0-5']]],
    [['city 0-5'], ['person 0-5'], [['wrong type', 'city 0-5', 'person 0-5']]],
    [['city 0-5'], ['person 3-9'], [['wrong type', 'city 0-5', 'person 3-9']]],
    [['city 2-5'], ['city 2-6'], [['too long', 'city 2-5', 'city 2-6']]],
    [['city 2-5'], ['city 1-5'], [['too long', 'city 2-5', 'city 1-5']]],
    [['city 2-5'], ['city 2-4'], [['too short', 'city 2-5', 'city 2-4']]],
    [['city 2-5'], ['city 3-5'], [['too short', 'city 2-5', 'city 3-5']]],
    [['city 2-5'], ['city 3-6'], [['shifted', 'city 2-5', 'city 3-6']]],
    [['city 2-5'], ['city 1-4'], [['shifted', 'city 2-5', 'city 1-4']]],
    [['city 0-9'], ['city 0-4', 'city 5-9'], [['split', 'city 0-9', 'city 0-4']]],
    [['city 0-4', 'city 5-9'], ['city 0-9'], [['merged', 'city 0-4', 'city 0-9']]],
    [['city 0-9'], ['person 0-4', 'city 5-9'], [['split', 'city 0-9', 'city 5-9']]],
  ])('between %j and %j', (expected, answered, found) => {
    expect(errors(expected, answered)).toEqual(found);
  });

  it('is told in order of place, each entity once', () => {
    expect(errors(['city 20-25', 'city 0-5'], ['person 10-12', 'person 30-32'])).toEqual([
      ['missed', 'city 0-5', null],
      ['spurious', null, 'person 10-12'],
      ['missed', 'city 20-25', null],
      ['spurious', null, 'person 30-32'],
    ]);
    expect(errors(['city 0-5', 'city 4-9'], ['person 3-6'])).toEqual([
      ['wrong type', 'city 0-5', 'person 3-6'],
      ['missed', 'city 4-9', null],
    ]);
    expect(errors(['city 0-9'], ['person 0-4', 'person 5-9'])).toEqual([
      ['wrong type', 'city 0-9', 'person 0-4'],
      ['spurious', null, 'person 5-9'],
    ]);
    expect(errors(['city 0-9', 'city 20-25'], ['city 0-4', 'city 5-9', 'city 20-24'])).toEqual([
      ['split', 'city 0-9', 'city 0-4'],
      ['too short', 'city 20-25', 'city 20-24'],
    ]);
    expect(errors(['city 0-4', 'city 5-9', 'city 10-14'], ['city 0-9', 'city 10-13'])).toEqual([
      ['merged', 'city 0-4', 'city 0-9'],
      ['too short', 'city 10-14', 'city 10-13'],
    ]);
  });
});
