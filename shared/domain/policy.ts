import { z } from 'zod';
import { configurationSchema } from './hyperparameters.ts';

export const moveKindSchema = z.enum(['rework-data', 'tune', 'augment']);
/** What an iteration changes: the dataset, the hyperparameters, or a few examples a remaining failure pattern. */
export type MoveKind = z.infer<typeof moveKindSchema>;

/** A concrete move of a kind. Its `name` is unique, so that what was tried can be told. */
export const moveSchema = z.strictObject({
  kind: moveKindSchema,
  name: z.string(),
  /** For `tune`: the configurations to train on the dataset as it is. */
  configurations: z.array(configurationSchema).optional(),
});
export type Move = z.infer<typeof moveSchema>;
