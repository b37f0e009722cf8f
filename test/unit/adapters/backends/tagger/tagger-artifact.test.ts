import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { averageTaggers } from '../../../../../shared/adapters/backends/tagger/average-taggers.ts';
import { fitTagger } from '../../../../../shared/adapters/backends/tagger/fit-tagger.ts';
import { decodeTagger, encodeTagger } from '../../../../../shared/adapters/backends/tagger/tagger-artifact.ts';
import {
  firstTaggerConfigurations,
  type TaggerConfiguration,
} from '../../../../../shared/adapters/backends/tagger/tagger-configuration.ts';
import type { TaggerModel } from '../../../../../shared/adapters/backends/tagger/tagger-model.ts';
import type { Example } from '../../../../../shared/domain/models/example.ts';
import { type Entity, entitiesOf, entitiesOutput } from '../../../../../shared/tasks/extraction/entity.ts';
import { nestedExamples, nestedTypes } from '../../../../helpers/nested-entities.ts';

const [first] = firstTaggerConfigurations as readonly [TaggerConfiguration, ...TaggerConfiguration[]];

function fitted(examples: readonly Example[], overlaps: 'allowed' | 'refused' = 'allowed'): TaggerModel {
  const dataset = new TextEncoder().encode(examples.map((example) => JSON.stringify(example)).join('\n'));
  const onProgress = (): void => undefined;
  return fitTagger({ dataset, labels: nestedTypes, overlaps, configuration: first, seed: 7, heldOut: null, onProgress })
    .model;
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const versionOf = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint32(8, true);

const nested = nestedExamples('seen', 40);
const apart = nested.map((example) => ({ ...example, output: entitiesOutput(outer(entitiesOf(example.output))) }));

function outer(entities: readonly Entity[]): Entity[] {
  return entities.filter(
    (one) => !entities.some((other) => other !== one && other.start <= one.start && other.end >= one.end),
  );
}

describe('the artifact of a tagger', () => {
  it('is what it was before there were layers, to the byte, where no entities overlap', () => {
    const bytes = encodeTagger(fitted(apart));
    expect(versionOf(bytes)).toBe(1);
    expect(digestOf(bytes)).toBe('e18c768d99ca7443');
    expect(digestOf(encodeTagger(fitted(apart, 'refused')))).toBe('e18c768d99ca7443');
    expect(digestOf(encodeTagger(fitted(nested, 'refused')))).toBe('e18c768d99ca7443');
    const parts = [fitted(apart.slice(0, 17)), decodeTagger(bytes)].map((model, at) => ({
      model,
      part: [0.6, 0.4][at] ?? 0,
    }));
    expect(digestOf(encodeTagger(averageTaggers(parts, 0.3)))).toBe('f054b8a12c75d607');
  });

  it('holds several layers, and reads as what was written', () => {
    const model = fitted(nested);
    const bytes = encodeTagger(model);
    expect(versionOf(bytes)).toBe(2);
    const read = decodeTagger(bytes);
    expect(read.layers.map(({ types }) => types.map((type) => read.types[type]))).toEqual([
      ['city', 'person', 'product'],
      ['product', 'school'],
    ]);
    expect(read.overlapping.map((pair) => pair.map((type) => read.types[type]))).toEqual([
      ['product', 'product'],
      ['school', 'city'],
    ]);
    expect(digestOf(encodeTagger(read))).toBe(digestOf(bytes));
  });

  it('says whether words are cut at capitals, and is as it was where no entity needs that', () => {
    const tagged = apart.map((example) => ({ ...example, input: `${example.input} iPhone15Pro #NewYork` }));
    expect(versionOf(encodeTagger(fitted(tagged)))).toBe(1);
    const cut = tagged.map((example) => {
      const start = example.input.length - 4;
      return {
        ...example,
        output: entitiesOutput([...entitiesOf(example.output), { label: 'city', start, end: start + 4 }]),
      };
    });
    const bytes = encodeTagger(fitted(cut));
    expect(versionOf(bytes)).toBe(2);
    expect(decodeTagger(bytes)).toMatchObject({ cutsWords: true, overlapping: [], layers: [{ types: [0, 1, 2, 3] }] });
    expect(digestOf(encodeTagger(decodeTagger(bytes)))).toBe(digestOf(bytes));
    const mean = averageTaggers([{ model: decodeTagger(bytes), part: 1 }], 0.5);
    expect(decodeTagger(encodeTagger(mean))).toMatchObject({ cutsWords: true, threshold: 0.5 });
  });

  it('is refused where it is of a later version, or its header does not fit it', () => {
    const bytes = encodeTagger(fitted(nested));
    const later = bytes.slice();
    new DataView(later.buffer).setUint32(8, 3, true);
    expect(() => decodeTagger(later)).toThrow('it has version 3, this program reads up to 2');
    const other = bytes.slice();
    new DataView(other.buffer).setUint32(8, 1, true);
    expect(() => decodeTagger(other)).toThrow('its header is not valid');
    expect(() => decodeTagger(bytes.slice(0, -8))).toThrow('its length does not fit its header');
  });
});
