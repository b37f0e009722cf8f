import { z } from 'zod';
import { storeArtifact } from '../../shared/adapters/backends/store-artifact.ts';
import { jsonSchema } from '../../shared/domain/base/json.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import { readJson, readJsonl } from '../../shared/ports/documents.ts';
import { doneAtOnce } from '../../shared/ports/long-work.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { Trainer } from '../../shared/ports/trainer.ts';
import { entitiesOutput, madeUpEntities, spansOf } from './made-up-entities.ts';

export const lexiconBackEnd = 'lexicon';

const lexiconSchema = z.record(z.string(), z.string());

/** A back end for made-up entities: it learns which word has which type, and tags those words. */
export function lexiconBackEndOn(objects: ObjectStore): { readonly trainer: Trainer; readonly predictor: Predictor } {
  const trainer: Trainer = {
    name: lexiconBackEnd,
    tasks: [madeUpEntities.kind],
    predictors: [lexiconBackEnd],
    cost: 'cheap',
    configuration: jsonSchema,
    options: z.object({}),
    first: () => [{}],
    neighbours: () => [],
    learnsFromChampion: () => false,
    ...doneAtOnce(async ({ datasetKey, artifactKey, predictor: name }) => {
      const examples = await readJsonl(objects, datasetKey, exampleSchema);
      const lexicon = Object.fromEntries(
        examples.flatMap(({ input, output }) =>
          spansOf(output).map(({ type, start, end }) => [input.slice(start, end), type]),
        ),
      );
      const stored = await storeArtifact(objects, artifactKey, new TextEncoder().encode(JSON.stringify(lexicon)));
      const served = { predictor: name, ref: artifactKey, digest: stored.digest };
      return { served, bytes: stored.bytes, examples: examples.length, finalLoss: null };
    }),
  };
  const predictor: Predictor = {
    name: lexiconBackEnd,
    tasks: [madeUpEntities.kind],
    ranked: false,
    chunk: 1_000,
    async predict({ ref }, inputs) {
      const lexicon = new Map(Object.entries(await readJson(objects, ref, lexiconSchema)));
      return inputs.map((input) => {
        const entities = [...input.matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
          const type = lexicon.get(word);
          return type === undefined ? [] : [{ type, start: index, end: index + word.length }];
        });
        const output = entitiesOutput(...entities);
        return { output, confidence: 0.9, alternatives: [{ output, confidence: 0.9 }] };
      });
    },
  };
  return { trainer, predictor };
}
