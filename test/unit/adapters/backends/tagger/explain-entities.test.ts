import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainEntities } from '../../../../../shared/adapters/backends/tagger/explain-entities.ts';
import type { Entity } from '../../../../../shared/tasks/extraction/entity.ts';
import { entitiesOf } from '../../../../../shared/tasks/extraction/entity.ts';

const sigmoid = (odds: number) => 1 / (1 + Math.exp(-odds));

/** A tagger that goes by "to" before an entity (+2) and by the entity being Paris (+1); the rest is worth −0.5. */
const chances = async (inputs: readonly string[], { start, end }: Entity) =>
  inputs.map((input) =>
    sigmoid(-0.5 + (/\bto $/.test(input.slice(0, start)) ? 2 : 0) + (input.slice(start, end) === 'Paris' ? 1 : 0)),
  );

const paris = (start: number): Entity => ({ label: 'city', start, end: start + 5, text: 'Paris' });

describe('explainEntities', () => {
  it('gives each word what the log-odds of the entity lose when it is blanked', async () => {
    const input = 'a flight to Paris please';
    const [found] = await explainEntities({ input, answered: [paris(12)], right: [], chances });
    expect(entitiesOf(found?.output ?? null)).toMatchObject([{ label: 'city', start: 12, end: 17, text: 'Paris' }]);
    expect(found?.against).toEqual([]);
    expect(found?.logOdds).toBeCloseTo(2.5, 9);
    const [first, second, third] = found?.parts ?? [];
    expect(first).toMatchObject({ text: 'to', start: 9 });
    expect(first?.contribution).toBeCloseTo(2, 9);
    expect(second).toMatchObject({ text: 'Paris', start: 12 });
    expect(second?.contribution).toBeCloseTo(1, 9);
    expect(third?.contribution).toBeCloseTo(0, 9);
  });

  it('begins with right entities that were not answered, then the least sure', async () => {
    const input = 'from Paris, to Paris or to Paris';
    const found = await explainEntities({
      input,
      answered: [
        { ...paris(27), confidence: 0.9 },
        { ...paris(15), confidence: 0.6 },
      ],
      right: [paris(5), paris(27)],
      chances,
    });
    expect(found.map(({ output }) => entitiesOf(output)[0]?.start)).toEqual([5, 15, 27]);
  });

  it('looks at the words near an entity alone, so that long texts cost no more', async () => {
    const before = 'so and so '.repeat(5_000);
    const input = `${before}to Paris${' and so'.repeat(5_000)}`;
    let characters = 0;
    const [found] = await explainEntities({
      input,
      answered: [paris(before.length + 3)],
      right: [],
      chances: (inputs, entity) => {
        characters += inputs.join('').length;
        return chances(inputs, entity);
      },
    });
    expect(characters).toBeLessThan(150_000);
    expect(found?.parts[0]).toMatchObject({ text: 'to', start: before.length });
    expect(found?.logOdds).toBeCloseTo(2.5, 9);
  });

  it('passes over a type that the tagger does not know', async () => {
    const unknown = async (inputs: readonly string[]) => inputs.map(() => null);
    expect(await explainEntities({ input: 'Paris', answered: [], right: [paris(0)], chances: unknown })).toEqual([]);
  });

  it('blanks words of any text without moving what stands around them, or cutting a character', async () => {
    const texts = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
    await fc.assert(
      fc.asyncProperty(texts, async ([before, after]) => {
        const input = `${before} Paris ${after}`;
        const entity = paris(before.length + 1);
        const [found] = await explainEntities({
          input,
          answered: [entity],
          right: [],
          chances: async (inputs, { start, end }) => {
            for (const one of inputs) {
              expect(one).toHaveLength(input.length);
              expect(one.isWellFormed()).toBe(input.isWellFormed());
            }
            return inputs.map((one) => (one.slice(start, end) === 'Paris' ? 0.9 : 0.1));
          },
        });
        for (const { text, start } of found?.parts ?? []) expect(input.slice(start, start + text.length)).toBe(text);
      }),
    );
  });
});
