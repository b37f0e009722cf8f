import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { z } from 'zod';
import { runRefSchema } from '../../shared/domain/models/run-ref.ts';
import { type StateHandler, stateHandler } from '../../shared/loop/engine/run-state.ts';
import type { AnyStage } from '../../shared/loop/engine/stage.ts';
import type { StageHead } from '../../shared/loop/state/stage-head.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { cloudPorts, type PortsPart } from './cloud-ports.ts';
import { type LambdaFunction, lambdaFunction, once } from './lambda-function.ts';
import { logger, metrics } from './powertools.ts';

const headSchema = z.object({
  run: runRefSchema,
  iteration: z.int().optional(),
  item: z.string().optional(),
});

/** The time that a long stage leaves unused, so that what it has done is written before the function is ended. */
const reserveMs = 30_000;

/** The Lambda function of a Task state that runs a stage once: what was completed before is passed over. */
export function stageFunction<I extends StageHead, O>(
  stage: AnyStage<I, O>,
  ...parts: PortsPart[]
): LambdaFunction<unknown> {
  return stageFunctionReaching(new Map(), stage, ...parts);
}

/** As {@link stageFunction}, of a stage that may run others ahead of their time. */
export function stageFunctionReaching<I extends StageHead, O>(
  ahead: ReadonlyMap<string, StateHandler>,
  stage: AnyStage<I, O>,
  ...parts: PortsPart[]
): LambdaFunction<unknown> {
  const handle = stateHandler(stage, ahead);
  return stateFunction(
    stage.name,
    async (input, ports, deadline) => {
      const { output, passedOver } = await handle(input, ports, deadline);
      metrics.addMetric('StagePassedOver', MetricUnit.Count, passedOver ? 1 : 0);
      return output;
    },
    ...parts,
  );
}

/** The Lambda function of a Task state. Its input and output are ids, object keys and counts. */
export function stateFunction<O>(
  state: string,
  work: (input: unknown, ports: Ports, deadline: number) => Promise<O>,
  ...parts: PortsPart[]
): LambdaFunction<O> {
  const cloud = once(() => cloudPorts(parts));
  return lambdaFunction(async (input, context) => {
    const head = headSchema.safeParse(input);
    logger.appendKeys({ state, ...(head.success && { ...head.data.run, ...head.data }), run: undefined });
    logger.info('started');
    const deadline = Date.now() + context.getRemainingTimeInMillis() - reserveMs;
    const output = await work(input, cloud().ports, deadline);
    logger.info('completed');
    return output;
  });
}
