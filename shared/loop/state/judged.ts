import { z } from 'zod';
import { itemIdSchema, objectKeySchema } from './limits.ts';

/** A chunk of the snapshot with a verdict on each answer. */
export const judgedSchema = z.strictObject({ chunkId: itemIdSchema, judgedKey: objectKeySchema });
