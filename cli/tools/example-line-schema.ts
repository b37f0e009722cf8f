import { type ZodType, z } from 'zod';
import type { Output } from '../../shared/domain/base/output.ts';

/** One line of the file a model is created with. @param output the task kind's schema */
export function exampleLineSchema(output: ZodType<Output>) {
  return z.strictObject({ input: z.string(), output });
}
