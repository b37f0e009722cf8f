import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LabelChange } from '../../../../shared/domain/base/label-change.ts';
import { asOutput } from '../../../../shared/domain/base/output.ts';
import { entitiesOf, entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extractionSpecFrom } from '../../../../shared/tasks/extraction/extraction-spec.ts';
import { relabelling } from '../../../../shared/tasks/extraction/type-changes.ts';

const task = extractionSpecFrom({
  labels: ['city', 'dish', 'person'],
  outputs: [],
  options: { overlaps: 'allowed' },
});
const add = (...labels: string[]): LabelChange => ({ how: 'add', labels });
const rename = (from: string, to: string): LabelChange => ({ how: 'rename', from, to });
const merge = (labels: string[], into: string, aliases: string[] = []): LabelChange => ({
  how: 'merge',
  labels,
  aliases,
  into,
});
const split = (from: string, ...into: string[]): LabelChange => ({ how: 'split', from, into });

const after = (...changes: readonly LabelChange[]) =>
  changes.reduce((spec, change, at) => relabelling.withChange(spec, change, changes.slice(0, at)), task);

/** Entities of these types, one behind the other. */
const output = (...types: readonly string[]) =>
  entitiesOutput(types.map((label, at) => ({ label, start: 2 * at, end: 2 * at + 1, text: 'x', confidence: 0.5 })));
const read = (types: readonly string[], ...changes: readonly LabelChange[]) => {
  const translated = relabelling.reading(changes).translate(output(...types));
  return {
    output: translated.output && entitiesOf(translated.output).map(({ label }) => label),
    closest: entitiesOf(translated.closest).map(({ label }) => label),
    joined: translated.joined,
  };
};

describe('a change of entity types', () => {
  test('gives the task its new types, and leaves the rest of it', () => {
    expect(after(add('track'))).toEqual({ ...task, labels: ['city', 'dish', 'person', 'track'] });
    expect(after(rename('city', 'place')).labels).toEqual(['dish', 'person', 'place']);
    expect(after(merge(['city', 'person'], 'name', ['town'])).labels).toEqual(['dish', 'name']);
    expect(after(split('person', 'cook', 'guest')).labels).toEqual(['city', 'cook', 'dish', 'guest']);
  });

  test('may leave one type, and tells types by their case', () => {
    expect(after(merge(['city', 'dish', 'person'], 'thing')).labels).toEqual(['thing']);
    expect(after(add('City')).labels).toEqual(['City', 'city', 'dish', 'person']);
  });

  test.each([
    ['a type that is there', [add('city')], 'There is an entity type "city" already'],
    ['an empty type', [add(' ')], '" " cannot be an entity type'],
    ['to rename what is not there', [rename('citi', 'place')], '"citi" is none of the model\'s 3 entity types'],
    ['to rename to a type that is there', [rename('city', 'dish')], 'There is an entity type "dish" already'],
    ['to split into one', [split('city', 'town', 'town')], 'cannot be split into'],
    ['a name that was renamed', [rename('city', 'place'), add('city')], 'is read as "place"'],
    ['a name that was split', [split('city', 'a', 'b'), add('city')], 'read as an entity type that was split'],
  ])('refuses %s', (_what, changes, message) => {
    expect(() => after(...changes)).toThrow(message);
  });
});

describe('entities of before', () => {
  test('read as what the type of each became, and keep all else', () => {
    const changes = [rename('city', 'place'), merge(['place', 'dish'], 'thing', ['stew'])];
    const joined = { output: ['thing', 'thing', 'person'], closest: ['thing', 'thing', 'person'], joined: true };
    expect(read(['city', 'stew', 'person'], ...changes)).toEqual(joined);
    expect(read(['person', 'new'], ...changes)).toMatchObject({ output: ['person', 'new'], joined: false });
    const [renamed] = entitiesOf(relabelling.reading(changes).translate(output('city')).closest);
    expect(renamed).toEqual({ label: 'thing', start: 0, end: 1, text: 'x', confidence: 0.5 });
    expect(relabelling.reading(changes).joins).toBe(true);
    expect(relabelling.reading([rename('city', 'place')]).joins).toBe(false);
  });

  test('that no change is about stay the list that was written, in its order', () => {
    const written = asOutput(['person', 'new'].map((label, at) => ({ label, start: 4 - 2 * at, end: 5 - 2 * at })));
    const { output: same, closest } = relabelling.reading([rename('city', 'place')]).translate(written);
    expect([same, closest]).toEqual([written, written]);
  });

  test('are called by the name of today, one that was split by its own', () => {
    const { closestName } = relabelling.reading([rename('city', 'place'), split('person', 'cook', 'guest')]);
    expect(['city', 'place', 'dish', 'person'].map(closestName)).toEqual(['place', 'place', 'dish', 'person']);
  });

  test('are one where their types at one place were merged', () => {
    const both = entitiesOutput(['city', 'dish'].map((label) => ({ label, start: 0, end: 4 })));
    const merged = relabelling.reading([merge(['city', 'dish'], 'thing')]).translate(both);
    expect(merged.output).toEqual([{ label: 'thing', start: 0, end: 4 }]);
  });

  test('are open where one has a type that was split; the others have their new name nevertheless', () => {
    const changes = [rename('city', 'place'), split('person', 'cook', 'guest')];
    expect(read(['city', 'person'], ...changes)).toEqual({
      output: null,
      closest: ['place', 'person'],
      joined: false,
    });
    expect(read(['city'], ...changes).output).toEqual(['place']);
    expect(read([], ...changes).output).toEqual([]);
  });

  test('stay as they are in the names of today', () => {
    const changes = [rename('city', 'place'), merge(['place', 'dish'], 'thing'), split('person', 'cook', 'guest')];
    const today = after(...changes).labels;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...today), { maxLength: 6 }), (types) => {
        const given = output(...types);
        expect(relabelling.reading(changes).translate(given)).toMatchObject({ output: given, closest: given });
      }),
    );
  });
});
