import { z } from 'zod';
import { idSchema } from '../../shared/domain/base/ids.ts';
import { watchDrift } from '../../shared/operations/drift.ts';
import { watchWhenWorthIt } from '../../shared/operations/watch-champion.ts';
import { cloudPorts } from '../_middleware/cloud-ports.ts';
import { lambdaFunction, once } from '../_middleware/lambda-function.ts';
import { countForModel, rateForModel } from '../_middleware/model-metric.ts';
import { logger } from '../_middleware/powertools.ts';
import { putEvent } from '../_middleware/put-event.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';
import { withTraceLog } from '../_middleware/with-trace-log.ts';

const cloud = once(() => cloudPorts([withTraceLog, withBackEnds]));

/** Looks whether a champion's traffic has changed, and moves a new one back that is proven worse than its predecessor. */
export const handler = lambdaFunction(async (event) => {
  await lookAtTraffic(z.object({ modelId: idSchema }).parse(event).modelId);
  const watched = await watchWhenWorthIt(event, cloud().ports);
  if (watched === null) return { outcome: 'nothing-new' };
  const { modelId, outcome, champion, predecessor, reason } = watched;
  logger.info('watched', { modelId, outcome, champion, predecessor, reason });
  if (outcome === 'moved-back') {
    countForModel(modelId, 'ChampionsMovedBack', 1);
    await putEvent('Champion Moved Back', { modelId, from: champion, to: predecessor, reason });
  }
  return watched;
});

async function lookAtTraffic(modelId: string): Promise<void> {
  const { ports } = cloud();
  const watched = await watchDrift(modelId, ports);
  if (watched === null) return;
  const { drift, fresh } = watched;
  rateForModel(modelId, 'DriftEvidence', Math.max(...drift.findings.map(({ level }) => level)), {
    levels: drift.findings.map(({ signal, level }) => `${signal} ${level.toFixed(2)}`).join(', '),
  });
  if (fresh.length === 0) return;
  const seen = fresh.map(({ signal }) => signal);
  logger.warn('drift', { modelId, signals: seen });
  countForModel(modelId, 'DriftSeen', seen.length);
  await putEvent('Drift Seen', { modelId, signals: seen });
}
