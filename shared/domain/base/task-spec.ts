import { z } from 'zod';

/** What a model is asked to do: the kind of its task, and fields that only that kind reads. */
export interface TaskSpec {
  readonly kind: string;
}

/** A task as it is stored, whatever its kind. */
export const taskSpecSchema: z.ZodType<TaskSpec> = z.looseObject({ kind: z.string().min(1) });
