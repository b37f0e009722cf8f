import { describe, expect, it } from 'vitest';
import { type Entity, entitiesOf, entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { movedEntities } from '../../../../shared/tasks/extraction/moved-entities.ts';
import { movedVariants } from '../../../../shared/tasks/extraction/moved-variants.ts';

const at = (text: string, word: string): Entity => {
  const start = text.indexOf(word);
  return { label: 'city', start, end: start + word.length, text: word };
};
const variantsOf = (text: string, words: readonly string[], count = 3) =>
  movedVariants(text, entitiesOutput(words.map((word) => at(text, word))), count);

describe('variants of a text with entities', () => {
  it('are a typo outside of them, an opening that moves them, and a second typo', () => {
    const text = 'flights from Berlin to somewhere warm';
    const berlin = { label: 'city', start: 13, end: 19, text: 'Berlin' };
    expect(variantsOf(text, ['Berlin'])).toEqual([
      { method: 'typo', input: 'flihgts from Berlin to somewhere warm', output: [berlin] },
      {
        method: 'opening',
        input: 'ok so flights from Berlin to somewhere warm',
        output: [{ ...berlin, start: 19, end: 25 }],
      },
      { method: 'typo', input: 'flihgts from Berlin to somewhree warm', output: [berlin] },
    ]);
  });

  it('are as many as asked for', () => {
    const text = 'flights from Berlin to somewhere warm';
    expect([0, 1, 2, 3].map((count) => variantsOf(text, ['Berlin'], count).length)).toEqual([0, 1, 2, 3]);
  });

  it('have no typo where entities touch all long words', () => {
    expect(variantsOf('Berlin', ['Berlin']).map(({ input }) => input)).toEqual(['hey, Berlin']);
    expect(variantsOf('in Berlin', ['lin']).map(({ method }) => method)).toEqual(['opening']);
    expect(variantsOf('weather Berlin', ['Berlin']).map(({ input }) => input)).toEqual([
      'weatehr Berlin',
      'hey, weather Berlin',
      'waetehr Berlin',
    ]);
  });

  it('open in English only what may be English', () => {
    expect(variantsOf('wärmer als Berlin heute', ['Berlin']).map(({ input }) => input)).toEqual([
      'wärmer als Berlin hetue',
      'wäremr als Berlin hetue',
    ]);
    expect(variantsOf('12 34', ['12'])).toEqual([]);
    expect(variantsOf('A', [])).toMatchObject([{ method: 'opening' }]);
  });
});

describe('entities of a text in which pieces are replaced', () => {
  const text = 'call 555-1234 in Rome or Paris';
  const output = entitiesOutput([at(text, 'Rome'), at(text, 'Paris')]);
  const number = { start: 5, end: 13, text: '[PHONE]' };
  const shown = (moved: ReturnType<typeof movedEntities>) =>
    moved === null ? null : entitiesOf(moved).map(({ start, end, text: stands }) => [start, end, stands]);

  it('stay where nothing is replaced', () => {
    expect(movedEntities(output, text, [])).toBe(output);
  });

  it('stand where they then stand, with what stands there', () => {
    expect(shown(movedEntities(output, text, [number]))).toEqual([
      [16, 20, 'Rome'],
      [24, 29, 'Paris'],
    ]);
    const paris = { start: 25, end: 30, text: '[PLACE]' };
    expect(shown(movedEntities(output, text, [paris]))).toEqual([
      [17, 21, 'Rome'],
      [25, 32, '[PLACE]'],
    ]);
  });

  it('have no text where they had none', () => {
    const bare = entitiesOutput([{ label: 'city', start: 17, end: 21 }]);
    expect(movedEntities(bare, text, [number])).toEqual([{ label: 'city', start: 16, end: 20 }]);
  });

  it('are lost where a piece covers an end of one, or two fall on one piece', () => {
    expect(movedEntities(output, text, [{ start: 15, end: 19, text: 'x' }])).toBeNull();
    expect(movedEntities(output, text, [{ start: 17, end: 30, text: '[PLACES]' }])).toBeNull();
    const nested = entitiesOutput([at(text, 'Rome'), at(text, 'Rome or Paris')]);
    expect(shown(movedEntities(nested, text, [number]))).toEqual([
      [16, 29, 'Rome or Paris'],
      [16, 20, 'Rome'],
    ]);
  });
});
