import type { z } from 'zod';
import type { Json } from '../../domain/base/json.ts';
import type { Working } from '../../ports/long-work.ts';
import type { Ports } from '../../ports/ports.ts';
import type { StageHead } from '../state/stage-head.ts';

export interface StageContext {
  readonly ports: Ports;
  /** Milliseconds since the epoch by which a long stage should return. */
  readonly deadline: number;
  /** What a long stage's last call said to go on with; null at its start. */
  readonly handle: Json | null;
  /** Object key of a file of this stage, iteration and item. */
  key(file: string): string;
  /**
   * Runs another stage of the loop once, under the same lease, and gives its output: for work that is done ahead. Null
   * where that stage goes on later.
   */
  execute(stage: string, input: unknown): Promise<unknown>;
}

/** What a long stage gives when its work goes on: the state machine waits and calls it again with the handle. */
export class Unfinished {
  readonly work: Working;

  constructor(work: Working) {
    this.work = work;
  }
}

interface StageOf<I extends StageHead, O, Given> {
  /** Also the state's name in the state machine, the function's folder and the part of object keys. */
  readonly name: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
  run(input: I, context: StageContext): Promise<Given>;
  /**
   * What comes after the completion record: done each time, also when the stage is passed over, so it must bear
   * repetition.
   */
  afterwards?(input: I, output: O, ports: Ports): Promise<void>;
}

/**
 * A box of the loop: a pure function of its input and the ports. Its input and output carry ids, object keys and counts
 * only.
 */
export interface Stage<I extends StageHead = StageHead, O = unknown> extends StageOf<I, O, O> {
  readonly long?: undefined;
}

/** A stage whose work may outlast a function: it is called until it is done. */
export interface LongStage<I extends StageHead = StageHead, O = unknown> extends StageOf<I, O, O | Unfinished> {
  readonly long: true;
}

export type AnyStage<I extends StageHead, O> = Stage<I, O> | LongStage<I, O>;

/** What a stage leaves in its folder once it is done, beside its files. */
export const completedFile = 'completed.json';

/** Object key of a stage's file. */
export function stageKey(stage: string, head: Pick<StageHead, 'run' | 'iteration' | 'item'>, file: string): string {
  return `runs/${head.run.modelId}/${head.run.runId}/${head.iteration}/${stage}/${head.item}/${file}`;
}
