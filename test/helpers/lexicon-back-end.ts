import { z } from 'zod';
import { storeArtifact } from '../../shared/adapters/backends/store-artifact.ts';
import { jsonSchema } from '../../shared/domain/base/json.ts';
import { type Example, exampleSchema } from '../../shared/domain/models/example.ts';
import type { Served } from '../../shared/domain/models/served.ts';
import { readJson, readJsonl } from '../../shared/ports/documents.ts';
import { doneAtOnce } from '../../shared/ports/long-work.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { Trainer } from '../../shared/ports/trainer.ts';
import { entitiesOutput, madeUpEntities, spansOf } from './made-up-entities.ts';
import { trainFoldModels } from './train-fold-models.ts';

export const lexiconBackEnd = 'lexicon';

const lexiconSchema = z.record(z.string(), z.string());

/** A back end for made-up entities: it learns which word has which type, and tags those words. */
export function lexiconBackEndOn(objects: ObjectStore): { readonly trainer: Trainer; readonly predictor: Predictor } {
  const trainer: Trainer = {
    name: lexiconBackEnd,
    tasks: [madeUpEntities.kind],
    predictors: [lexiconBackEnd],
    cost: 'cheap',
    foldModels: 'all',
    configuration: jsonSchema,
    options: z.object({}),
    first: () => [{}],
    neighbours: () => [],
    learnsFromChampion: () => false,
    ...doneAtOnce(async ({ datasetKey, artifactKey, predictor: name, folds: plan }) => {
      const examples = await readJsonl(objects, datasetKey, exampleSchema);
      let bytes = 0;
      const train = async (own: readonly Example[], key: string): Promise<Served> => {
        const stored = await storeArtifact(objects, key, new TextEncoder().encode(JSON.stringify(lexiconOf(own))));
        bytes = stored.bytes;
        return { predictor: name, ref: key, digest: stored.digest };
      };
      const folds = await trainFoldModels(plan, examples, train);
      // What most fold models say of a word is what all examples say of it.
      const served = await train(examples, artifactKey);
      return { served, folds, bytes, examples: examples.length, finalLoss: null };
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

function lexiconOf(examples: readonly Example[]): Record<string, string> {
  return Object.fromEntries(
    examples.flatMap(({ input, output }) =>
      spansOf(output).map(({ type, start, end }) => [input.slice(start, end), type]),
    ),
  );
}
