import { z } from 'zod';
import { idSchema } from '../base/ids.ts';
import { settingsSchema } from './settings.ts';
import { taskSchema } from './task.ts';

/** A deployed task model under Ratchet's care. Its champion and lease live in its {@link Control} item. */
export const modelSchema = z.strictObject({
  modelId: idSchema,
  task: taskSchema,
  /** Name of the trainer back end, for example `embedded`. */
  trainer: z.string().min(1),
  settings: settingsSchema,
  /** Secret salt of the split hash; fixed for the life of the model. */
  splitSalt: z.string().min(1),
  createdAt: z.string(),
});
export type Model = z.infer<typeof modelSchema>;
