import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { z } from 'zod';
import { runRefSchema } from '../../shared/domain/models/run-ref.ts';
import { executeStage } from '../../shared/loop/engine/execute-stage.ts';
import type { Stage } from '../../shared/loop/engine/stage.ts';
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

/** The Lambda function of a Task state that runs a stage once: what was completed before is passed over. */
export function stageFunction<I extends StageHead, O>(stage: Stage<I, O>, ...parts: PortsPart[]): LambdaFunction<O> {
  return stateFunction(
    stage.name,
    async (input, ports) => {
      const { output, passedOver } = await executeStage(stage, input, ports);
      metrics.addMetric('StagePassedOver', MetricUnit.Count, passedOver ? 1 : 0);
      return output;
    },
    ...parts,
  );
}

/** The Lambda function of a Task state. Its input and output are ids, object keys and counts. */
export function stateFunction<O>(
  state: string,
  work: (input: unknown, ports: Ports) => Promise<O>,
  ...parts: PortsPart[]
): LambdaFunction<O> {
  const cloud = once(() => cloudPorts(parts));
  return lambdaFunction(async (input) => {
    const head = headSchema.safeParse(input);
    logger.appendKeys({ state, ...(head.success && { ...head.data.run, ...head.data }), run: undefined });
    logger.info('started');
    const output = await work(input, cloud().ports);
    logger.info('completed');
    return output;
  });
}
