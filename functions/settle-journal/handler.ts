import { settleJournal } from '../../shared/serving/settle-journal.ts';
import { cloudPorts } from '../_middleware/cloud-ports.ts';
import { lambdaFunction, once } from '../_middleware/lambda-function.ts';
import { countForModel } from '../_middleware/model-metric.ts';
import { logger } from '../_middleware/powertools.ts';
import { putEvent } from '../_middleware/put-event.ts';
import { withFormats } from '../_middleware/with-formats.ts';
import { withTraceLog } from '../_middleware/with-trace-log.ts';

const cloud = once(() => cloudPorts([withTraceLog, withFormats]));

/**
 * Moves what servers acknowledged into the trace log, and tells of it, before it is removed from the journal: stopped in
 * between, it is told again, and whoever hears it twice finds nothing new the second time.
 */
export const handler = lambdaFunction(async () => {
  const { ports, journal } = cloud();
  return settleJournal(journal(), ports, async (moved) => {
    const { modelId, traces, judgements, refused } = moved;
    logger.info('moved', { ...moved });
    countForModel(modelId, 'TracesIngested', traces);
    countForModel(modelId, 'JudgementsIngested', judgements);
    countForModel(modelId, 'LinesQuarantined', refused);
    await putEvent('Traces Ingested', { modelId, ingested: traces, judgements, quarantined: refused });
  });
});
