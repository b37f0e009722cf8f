import { setTimeout as sleep } from 'node:timers/promises';
import { executeStage, workOf } from '../../shared/loop/engine/execute-stage.ts';
import type { AnyStage } from '../../shared/loop/engine/stage.ts';
import type { StageHead } from '../../shared/loop/state/stage-head.ts';
import type { Ports } from '../../shared/ports/ports.ts';
/** Runs a stage to its end in this process, however often it has to be called. */
export async function completeStage<I extends StageHead, O>(
  stage: AnyStage<I, O>,
  input: Omit<I, 'work'>,
  ports: Ports,
): Promise<{ readonly output: O; readonly passedOver: boolean }> {
  const head = stage.input.parse(input);
  let outcome = await executeStage(stage, head, ports);
  while (outcome.status === 'working') {
    await sleep(outcome.work.waitSeconds * 1_000);
    outcome = await executeStage(stage, { ...head, work: workOf(stage, head, outcome) }, ports);
  }
  return outcome;
}
