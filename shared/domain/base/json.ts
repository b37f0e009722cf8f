import { z } from 'zod';

/** A JSON value that belongs to somebody else: a back end's configuration, a handle, an analysis. */
export const jsonSchema = z.json();
export type Json = z.infer<typeof jsonSchema>;
