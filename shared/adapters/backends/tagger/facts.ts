import { z } from 'zod';
import { foldCount } from '../../../domain/evaluation/fold.ts';
import type { Predictor } from '../../../ports/predictor.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { extraction } from '../../../tasks/extraction/extraction.ts';
import { taggerConcerns } from './tagger-concerns.ts';
import {
  firstTaggerConfigurations,
  neighbourTaggerConfigurations,
  taggerConfigurationSchema,
} from './tagger-configuration.ts';

/** The name of trainer and predictor. */
export const taggerBackEnd = 'tagger';

/** What the trainer says of itself without being loaded. */
export const taggerTrainerFacts: Omit<Trainer, 'start' | 'advance'> = {
  name: taggerBackEnd,
  tasks: [extraction.kind],
  predictors: [taggerBackEnd],
  cost: 'cheap',
  // An average of taggers finds less than one of all examples: their weights fall short of one another's entities.
  foldModels: foldCount,
  configuration: taggerConfigurationSchema,
  options: z.object({}),
  first: () => firstTaggerConfigurations,
  neighbours: (from, context) => neighbourTaggerConfigurations(taggerConfigurationSchema.parse(from), context),
  concerns: (_options, examples) => taggerConcerns(examples),
  learnsFromChampion: (configuration) => taggerConfigurationSchema.parse(configuration).interpolation > 0,
};

/** What the predictor says of itself without being loaded. */
export const taggerPredictorFacts: Omit<Predictor, 'predict' | 'explainParts'> = {
  name: taggerBackEnd,
  tasks: [extraction.kind],
  ranked: false,
  chunk: 2_000,
  holds: 'the surfaces of entities',
};
