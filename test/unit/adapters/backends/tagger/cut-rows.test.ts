import { describe, expect, it } from 'vitest';
import { cutRows } from '../../../../../shared/adapters/backends/tagger/cut-rows.ts';
import { fitTagger } from '../../../../../shared/adapters/backends/tagger/fit-tagger.ts';
import { beginOf, insideOf, outside } from '../../../../../shared/adapters/backends/tagger/states.ts';
import { Tagger } from '../../../../../shared/adapters/backends/tagger/tag-texts.ts';
import { firstTaggerConfigurations } from '../../../../../shared/adapters/backends/tagger/tagger-configuration.ts';
import { entitiesOutput } from '../../../../../shared/tasks/extraction/entity.ts';
import { toExamples } from '../../../../helpers/made-up-intents.ts';

/** Rows of texts by the states of their tokens, without features. */
function rowsOf(texts: readonly (readonly number[])[]) {
  const tags = Uint16Array.from(texts.flat());
  let at = 0;
  return {
    starts: Int32Array.from([
      0,
      ...texts.map((text) => {
        at += text.length;
        return at;
      }),
    ]),
    featureStarts: new Int32Array(tags.length + 1),
    wordEnds: new Int32Array(tags.length),
    features: new Int32Array(0),
    tags,
    weights: Float64Array.from(texts, (_, text) => text + 1),
  };
}

const many = (count: number, state: number): number[] => Array.from({ length: count }, () => state);

describe('rows of long texts', () => {
  it('are learnt in pieces of 200 tokens, each with the weight of its text', () => {
    const { starts, weights } = cutRows(rowsOf([many(3, outside), many(450, outside), many(200, outside)]));
    expect([...starts]).toEqual([0, 3, 203, 403, 453, 653]);
    expect([...weights]).toEqual([1, 2, 2, 2, 3]);
  });

  it('are cut in no entity, nor beside one', () => {
    const city = [beginOf(0), ...many(59, insideOf(0))];
    const { starts } = cutRows(
      rowsOf([[...many(180, outside), ...city, ...many(100, outside)], many(300, beginOf(1))]),
    );
    // The first token that is outside behind another that is.
    expect([...starts]).toEqual([0, 241, 340, 640]);
  });

  it('do not drown out what short texts teach', () => {
    const cities = ['Paris', 'Rome', 'Oslo', 'Lima', 'Quito', 'Bonn'];
    const short = cities.map((city) => ({ input: `I live in ${city} now`, city }));
    const long = { input: Array.from({ length: 2_000 }, (_, at) => `word${at % 50}`).join(' '), city: '' };
    const examples = [...short, long];
    const lines = toExamples(examples.map(({ input }) => ({ input, output: '' }))).map((example, at) => {
      const city = examples[at]?.city ?? '';
      const start = example.input.indexOf(city);
      return {
        ...example,
        output: entitiesOutput(city === '' ? [] : [{ label: 'city', start, end: start + city.length }]),
      };
    });
    const [configuration] = firstTaggerConfigurations;
    if (configuration === undefined) throw new Error('there is no first configuration');
    const { model } = fitTagger({
      dataset: new TextEncoder().encode(lines.map((line) => JSON.stringify(line)).join('\n')),
      labels: ['city'],
      overlaps: 'refused',
      configuration,
      seed: 1,
      heldOut: null,
      onProgress: () => undefined,
    });
    const tagger = new Tagger(model);
    for (const { input, city } of short) {
      expect(tagger.tag(input)?.entities.map(({ label, text }) => `${label} ${text}`)).toEqual([`city ${city}`]);
    }
    expect(tagger.tag(long.input)?.entities).toEqual([]);
  });
});
