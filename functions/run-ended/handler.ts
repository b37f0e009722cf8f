import { z } from 'zod';
import { runRefSchema } from '../../shared/domain/models/run-ref.ts';
import { endRun } from '../../shared/operations/end-run.ts';
import { cloudPorts } from '../_middleware/cloud-ports.ts';
import { lambdaFunction, once } from '../_middleware/lambda-function.ts';
import { countForModel, rateForModel } from '../_middleware/model-metric.ts';
import { logger } from '../_middleware/powertools.ts';
import { putEvent } from '../_middleware/put-event.ts';
import { championScore, scoredSchema } from './champion-score.ts';
import { isFailedRun } from './failed-run.ts';

/** What EventBridge tells of an execution whose status changed. */
const eventSchema = z.object({
  detail: z.object({
    executionArn: z.string(),
    status: z.enum(['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT']),
    /** Null where it was too large to be told. */
    input: z.string().nullish(),
    output: z.string().nullish(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});

const inputSchema = z.object({ run: runRefSchema });

const cloud = once(() => cloudPorts());

/** Ends a run's record and gives its lease back, however its execution ended, then tells of it. */
export const handler = lambdaFunction(async (event) => {
  const { executionArn, status, input, output, error, cause } = eventSchema.parse(event).detail;
  const started = parseJson(inputSchema, input);
  countForModel(started?.run.modelId ?? 'none', 'RunFailed', isFailedRun({ status, error }) ? 1 : 0);
  if (started === null) {
    logger.warn('an execution without a run', { executionArn, status });
    return null;
  }
  const { run } = started;
  logger.appendKeys({ ...run });
  const { ports } = cloud();
  const record = await endRun(
    {
      run,
      owner: executionArn,
      status,
      ...(typeof error === 'string' && { error }),
      ...(typeof cause === 'string' && { cause }),
    },
    ports,
  );
  const championId = (await ports.lineage.getControl(run.modelId))?.championId ?? null;
  const decision = record?.decision ?? null;
  const reason = record?.reason ?? '';
  logger.info('ended', { executionArn, status, decision, championId });
  countForModel(run.modelId, 'RunEnded', 1, { status });
  countForModel(run.modelId, 'Promotion', decision === 'promoted' ? 1 : 0);
  const score = championScore(parseJson(scoredSchema, output));
  if (score !== null && decision !== null && championId !== null) {
    rateForModel(run.modelId, 'ChampionScore', score, { runId: run.runId, decision, checkpointId: championId });
  }
  const finished = { modelId: run.modelId, runId: run.runId, status, decision, reason, championId };
  await putEvent('Run Finished', finished);
  return finished;
});

function parseJson<T>(schema: z.ZodType<T>, text: string | null | undefined): T | null {
  try {
    return schema.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}
