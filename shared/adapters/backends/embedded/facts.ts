import type { Predictor } from '../../../ports/predictor.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import {
  embeddedChoicesSchema,
  embeddedConfigurationSchema,
  embeddedOptionsSchema,
  learnsFromChampion,
} from './embedded-configuration.ts';
import { languageConcern } from './language-concern.ts';
import { firstConfigurations, neighbourConfigurations } from './search-space.ts';

/** The name of trainer and predictor. */
export const embeddedBackEnd = 'embedded';

/** What the trainer says of itself without being loaded. */
export const embeddedTrainerFacts: Omit<Trainer, 'start' | 'advance'> = {
  name: embeddedBackEnd,
  tasks: [classification.kind],
  predictors: [embeddedBackEnd],
  cost: 'cheap',
  foldModels: 'all',
  configuration: embeddedConfigurationSchema,
  options: embeddedChoicesSchema,
  first: ({ options }) => {
    const { foundation, encoder } = embeddedOptionsSchema.parse(options);
    return firstConfigurations(foundation, encoder);
  },
  neighbours: (from, { losesTooMuch, options }) =>
    neighbourConfigurations(
      embeddedConfigurationSchema.parse(from),
      losesTooMuch,
      embeddedOptionsSchema.safeParse(options).data,
    ),
  concerns: (options, examples) => {
    const { foundation } = embeddedOptionsSchema.parse(options);
    const inputs = examples.map(({ input }) => input);
    return [languageConcern(foundation, inputs)].filter((concern) => concern !== null);
  },
  learnsFromChampion: (configuration) => learnsFromChampion(embeddedConfigurationSchema.parse(configuration)),
};

/** What the predictor says of itself without being loaded. */
export const embeddedPredictorFacts: Omit<Predictor, 'predict' | 'explain'> = {
  name: embeddedBackEnd,
  tasks: [classification.kind],
  ranked: true,
  chunk: 2_000,
};
