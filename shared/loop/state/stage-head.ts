import { z } from 'zod';
import { idSchema } from '../../domain/base/ids.ts';
import { type LeaseRef, leaseRefSchema, type RunRef, runRefSchema } from '../../domain/models/run-ref.ts';

/** What every stage's input begins with. `iteration` 0 is the diagnosis before the first one; `item` names the Map item, else `all`. */
export const stageHead = {
  run: runRefSchema,
  lease: leaseRefSchema,
  iteration: z.int().nonnegative(),
  item: idSchema,
};

export interface StageHead {
  readonly run: RunRef;
  readonly lease: LeaseRef;
  readonly iteration: number;
  readonly item: string;
}
