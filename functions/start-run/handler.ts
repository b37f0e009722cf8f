import { StepFunctionsExecutions } from '../../shared/adapters/aws/step-functions-executions.ts';
import { TraceBatches } from '../../shared/adapters/duckdb/trace-batches.ts';
import { type ConsiderPorts, considerRun } from '../../shared/operations/consider-run.ts';
import { cloudPorts } from '../_middleware/cloud-ports.ts';
import { readStateMachineArn } from '../_middleware/environment.ts';
import { lambdaFunction, once } from '../_middleware/lambda-function.ts';
import { countForModel } from '../_middleware/model-metric.ts';
import { logger } from '../_middleware/powertools.ts';

const considerPorts = once((): ConsiderPorts => {
  const { ports, stepFunctions } = cloudPorts();
  return {
    ...ports,
    history: new TraceBatches(ports.objects),
    executions: new StepFunctionsExecutions({ client: stepFunctions, stateMachineArn: readStateMachineArn() }),
  };
});

/** Starts a run where one is due. */
export const handler = lambdaFunction(async (event) => {
  const answers = await considerRun(event, considerPorts());
  for (const answer of answers) {
    logger.info('considered', { ...answer });
    if (answer.leaseIsStuck) countForModel(answer.modelId, 'StuckLease', 1);
    if (answer.due) countForModel(answer.modelId, 'RunStarted', 1);
  }
  return answers;
});
