import { z } from 'zod';

/** What is watched of a champion's traffic, each by a test of its own. */
export const signalSchema = z.enum(['labels', 'novelty', 'confidence', 'failures']);
export type Signal = z.infer<typeof signalSchema>;
export const signals: readonly Signal[] = signalSchema.options;
