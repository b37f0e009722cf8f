import { describe, expect, it } from 'vitest';
import { fitTagger } from '../../../../../shared/adapters/backends/tagger/fit-tagger.ts';
import { Tagger } from '../../../../../shared/adapters/backends/tagger/tag-texts.ts';
import {
  firstTaggerConfigurations,
  type TaggerConfiguration,
} from '../../../../../shared/adapters/backends/tagger/tagger-configuration.ts';
import type { TaggerModel } from '../../../../../shared/adapters/backends/tagger/tagger-model.ts';
import { entitiesOutput } from '../../../../../shared/tasks/extraction/entity.ts';
import { toExamples } from '../../../../helpers/made-up-intents.ts';

const [configuration] = firstTaggerConfigurations as readonly [TaggerConfiguration, ...TaggerConfiguration[]];

/** A tagger for which each city is a destination too, in one text of three not. */
function cityTagger(): TaggerModel {
  const texts = ['rome', 'oslo', 'bern', 'lima', 'quito', 'cairo'].flatMap((city) => [
    `go to ${city}`,
    `to ${city} now`,
    `in ${city}`,
  ]);
  const lines = toExamples(texts.map((input) => ({ input, output: '' }))).map((example) => {
    const start = example.input.indexOf(/(?:to|in) (\w+)/.exec(example.input)?.[1] ?? '');
    const end = start + (/(?:to|in) (\w+)/.exec(example.input)?.[1]?.length ?? 0);
    const labels = example.input.startsWith('in') ? ['city'] : ['city', 'goal'];
    return { ...example, output: entitiesOutput(labels.map((label) => ({ label, start, end }))) };
  });
  return fitTagger({
    dataset: new TextEncoder().encode(lines.map((line) => JSON.stringify(line)).join('\n')),
    labels: ['city', 'goal'],
    overlaps: 'allowed',
    configuration,
    seed: 1,
    heldOut: null,
    onProgress: () => undefined,
  }).model;
}

describe('a tagger of several layers', () => {
  const model = cityTagger();
  const [first, second] = model.layers;
  if (first === undefined || second === undefined) throw new Error('the tagger has one layer');
  const shown = (changed: TaggerModel, input: string): string[] | undefined =>
    new Tagger(changed).tag(input)?.entities.map(({ label, text }) => `${label} ${text}`);
  const input = 'go to rome';

  it('answers what each layer finds, in the order of outputs', () => {
    expect(shown(model, input)).toEqual(['city rome', 'goal rome']);
    expect(shown({ ...model, layers: [second, first] }, input)).toEqual(['city rome', 'goal rome']);
    expect(shown(model, 'in rome')).toEqual(['city rome']);
  });

  it('is as sure of all as of each layer together', () => {
    const alone = (layer: typeof first): number =>
      new Tagger({ ...model, layers: [layer] }).tag(input)?.confidence ?? 0;
    expect(new Tagger(model).tag(input)?.confidence).toBeCloseTo(alone(first) * alone(second), 12);
  });

  it('answers the surer of two that overlap as no examples did, and is as sure as that leaves it', () => {
    const tagger = new Tagger(model);
    const both = tagger.tag(input);
    const [city, goal] = both?.entities ?? [];
    const surer = (city?.confidence ?? 0) >= (goal?.confidence ?? 0) ? city : goal;
    const tagged = new Tagger({ ...model, overlapping: [] }).tag(input);
    expect(tagged?.entities).toEqual([surer]);
    expect(tagged?.confidence).toBeLessThan(both?.confidence ?? 0);
  });

  it('answers once what two layers of a type find, at least as surely as either', () => {
    const doubled: TaggerModel = { ...model, layers: [first, first] };
    const one = new Tagger({ ...model, layers: [first] }).tag(input)?.entities ?? [];
    const two = new Tagger(doubled).tag(input)?.entities ?? [];
    expect(two.map(({ label, start, end }) => [label, start, end])).toEqual(
      one.map(({ label, start, end }) => [label, start, end]),
    );
    const [sure = 0] = one.map(({ confidence }) => confidence ?? 0);
    expect(two[0]?.confidence).toBeCloseTo(1 - (1 - sure) ** 2, 12);
    const [entity] = two;
    if (entity === undefined) throw new Error('nothing was found');
    expect(new Tagger(doubled).chance(input, entity)).toBeCloseTo(entity.confidence ?? 0, 12);
  });
});
