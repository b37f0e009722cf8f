import { z } from 'zod';

/** A chunk of the snapshot with a verdict on each answer. */
export const judgedSchema = z.strictObject({ chunkId: z.string(), judgedKey: z.string() });
