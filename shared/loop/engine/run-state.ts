import type { Working } from '../../ports/long-work.ts';
import type { Ports } from '../../ports/ports.ts';
import type { StageHead } from '../state/stage-head.ts';
import { executeStage, workOf } from './execute-stage.ts';
import type { AnyStage } from './stage.ts';

/** What one Task state did. */
export interface StateOutcome {
  /** The state's output. */
  readonly output: unknown;
  /** The stage's output, which a long stage's state wraps; null while it goes on. */
  readonly result: unknown;
  readonly passedOver: boolean;
  /** What is still to be done, of a long stage that goes on; null once it is done. */
  readonly working: Working | null;
}

/** Runs one Task state of the state machine. @param deadline milliseconds since the epoch by which to return */
export type StateHandler = (input: unknown, ports: Ports, deadline: number) => Promise<StateOutcome>;

/**
 * The Task state of a stage: what was completed before is passed over.
 * @param ahead stages that it may run ahead of their time, by name
 */
export function stateHandler<I extends StageHead, O>(
  stage: AnyStage<I, O>,
  ahead: ReadonlyMap<string, StateHandler> = new Map(),
): StateHandler {
  return async (input, ports, deadline) => {
    const outcome = await executeStage(stage, input, ports, {
      deadline,
      execute: async (name, its) => {
        const other = await ahead.get(name)?.(its, ports, deadline);
        if (other === undefined) throw new Error(`stage ${name} cannot be run ahead here`);
        return other.result;
      },
    });
    const working = outcome.status === 'working' ? outcome.work : null;
    const passedOver = outcome.status === 'done' && outcome.passedOver;
    const result = outcome.status === 'done' ? outcome.output : null;
    const output = stage.long === true ? workOf(stage, stage.input.parse(input), outcome) : result;
    return { output, result, passedOver, working };
  };
}
