import { z } from 'zod';
import { idSchema } from '../../domain/base/ids.ts';
import { type LeaseRef, leaseRefSchema, type RunRef, runRefSchema } from '../../domain/models/run-ref.ts';
import { type Work, workSchema } from './work.ts';

/** What every stage's input begins with. */
export const stageHead = {
  run: runRefSchema,
  lease: leaseRefSchema,
  /** 0 is the diagnosis before the first iteration. */
  iteration: z.int().nonnegative(),
  /** Names the Map item, else `all`. */
  item: idSchema,
  /** What a long stage's last call gave, or another stage's, which says nothing; null or absent before the first. */
  work: workSchema.nullable().optional(),
};

export interface StageHead {
  readonly run: RunRef;
  readonly lease: LeaseRef;
  readonly iteration: number;
  readonly item: string;
  readonly work?: Work | null | undefined;
}
