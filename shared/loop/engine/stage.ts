import type { z } from 'zod';
import type { Ports } from '../../ports/ports.ts';
import type { StageHead } from '../state/stage-head.ts';

export interface StageContext {
  readonly ports: Ports;
  /** Object key of a file of this stage, iteration and item. */
  key(file: string): string;
  /** Runs another stage of the loop once, under the same lease, and gives its output: for work that is done ahead. */
  execute(stage: string, input: unknown): Promise<unknown>;
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
