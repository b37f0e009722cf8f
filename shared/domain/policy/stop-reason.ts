import { z } from 'zod';

/** Why the search for a better candidate ended without one. */
export const stopReasonSchema = z.enum([
  'target-reached',
  'plateau',
  'external-remainder',
  'moves-exhausted',
  'iteration-limit',
  'too-little-evidence',
  'budget-spent',
]);
export type StopReason = z.infer<typeof stopReasonSchema>;
