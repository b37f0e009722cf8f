import { z } from 'zod';
import { idSchema } from '../../domain/base/ids.ts';
import type { Ports } from '../../ports/ports.ts';

/** Which run of which model; with the seed it determines all that is drawn at random. */
export const runRefSchema = z.strictObject({ runId: idSchema, modelId: idSchema, seed: z.int() });
export type RunRef = z.infer<typeof runRefSchema>;

/** Proof of the right to work on the run. */
export const leaseRefSchema = z.strictObject({ owner: z.string(), fencingToken: z.int() });
export type LeaseRef = z.infer<typeof leaseRefSchema>;

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

export interface StageContext {
  readonly ports: Ports;
  /** Object key of a file of this stage, iteration and item. */
  key(file: string): string;
}

/** A box of the loop: a pure function of its input and the ports. Its input and output carry ids, object keys and counts only. */
export interface Stage<I extends StageHead = StageHead, O = unknown> {
  /** Also the state's name in the state machine, the function's folder and the part of object keys. */
  readonly name: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
  run(input: I, context: StageContext): Promise<O>;
  /** What comes after the completion record: done each time, also when the stage is passed over, so it must bear repetition. */
  afterwards?(input: I, output: O, ports: Ports): Promise<void>;
}

/** Object key of a stage's file. */
export function stageKey(stage: string, head: Pick<StageHead, 'run' | 'iteration' | 'item'>, file: string): string {
  return `runs/${head.run.modelId}/${head.run.runId}/${head.iteration}/${stage}/${head.item}/${file}`;
}
