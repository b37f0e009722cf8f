import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import { watchedTrainer } from '../../../domain/models/endpoint.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { endpointTasks, openAiEndpoint } from '../endpoint/facts.ts';

/** Trains nothing: for models whose weights are somebody else's, and that are watched, diagnosed and reported on. */
export const noTrainer: Trainer = {
  name: watchedTrainer,
  tasks: endpointTasks,
  predictors: [openAiEndpoint],
  cost: 'dear',
  foldModels: 0,
  configuration: z.json(),
  options: z.object({}),
  first: () => [],
  neighbours: () => [],
  learnsFromChampion: () => false,
  start: async () => {
    throw new RatchetError('InvalidInput', 'Nothing trains this model: its trainer is none.', {
      mend: 'Name the endpoint that it is deployed at (ratchet create MODEL --endpoint URL --endpoint-model NAME), or another trainer.',
    });
  },
  advance: async () => {
    throw new Error('nothing was begun that could be gone on with');
  },
};
