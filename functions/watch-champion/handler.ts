import { watchWhenWorthIt } from '../../shared/operations/watch-champion.ts';
import { cloudPorts } from '../_middleware/cloud-ports.ts';
import { lambdaFunction, once } from '../_middleware/lambda-function.ts';
import { countForModel } from '../_middleware/model-metric.ts';
import { logger } from '../_middleware/powertools.ts';
import { putEvent } from '../_middleware/put-event.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';
import { withTraceLog } from '../_middleware/with-trace-log.ts';

const cloud = once(() => cloudPorts([withTraceLog, withBackEnds]));

/** Moves a new champion back that is proven worse than its predecessor. */
export const handler = lambdaFunction(async (event) => {
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
