import { z } from 'zod';
import { foldCount } from '../../../domain/evaluation/fold.ts';
import type { Configuration } from '../../../domain/models/configuration.ts';
import type { Predictor } from '../../../ports/predictor.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { generation } from '../../../tasks/generation/generation.ts';

/** The name of trainer and predictor. */
export const nearestBackEnd = 'nearest';

export const nearestConfigurationSchema = z.strictObject({
  /** How many of the most similar examples have a say. */
  neighbours: z.int().min(1).max(100),
});

const firstConfigurations: readonly Configuration[] = [{ neighbours: 1 }, { neighbours: 5 }];

/** What the trainer says of itself without being loaded. */
export const nearestTrainerFacts: Omit<Trainer, 'start' | 'advance'> = {
  name: nearestBackEnd,
  tasks: [generation.kind],
  predictors: [nearestBackEnd],
  cost: 'cheap',
  // What is remembered cannot be averaged.
  foldModels: foldCount,
  configuration: nearestConfigurationSchema,
  options: z.object({}),
  first: () => firstConfigurations,
  neighbours(from) {
    const { neighbours } = nearestConfigurationSchema.parse(from);
    return [3, 10, 1, 5, 20].filter((other) => other !== neighbours).map((other) => ({ neighbours: other }));
  },
  concerns: () => [
    'back end nearest answers with the right output of the most similar example: it says nothing that no example says',
  ],
  learnsFromChampion: () => false,
};

/** What the predictor says of itself without being loaded. */
export const nearestPredictorFacts: Omit<Predictor, 'predict'> = {
  name: nearestBackEnd,
  tasks: [generation.kind],
  ranked: true,
  chunk: 2_000,
  holds: 'its examples, inputs and outputs',
};
