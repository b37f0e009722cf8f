import { z } from 'zod';
import { ingestDrop } from '../../shared/intake/ingest-drop.ts';
import { cloudPorts } from '../_middleware/cloud-ports.ts';
import { lambdaFunction, once } from '../_middleware/lambda-function.ts';
import { countForModel } from '../_middleware/model-metric.ts';
import { logger } from '../_middleware/powertools.ts';
import { putEvent } from '../_middleware/put-event.ts';
import { withFormats } from '../_middleware/with-formats.ts';
import { withTraceLog } from '../_middleware/with-trace-log.ts';

/** What EventBridge tells of an object that was created in S3. */
const eventSchema = z.object({
  detail: z.object({ object: z.object({ key: z.string(), etag: z.string().default('') }) }),
});

const cloud = once(() => cloudPorts([withTraceLog, withFormats]));

/**
 * Ingests a dropped file, then tells of it. The event comes after the receipt and again with each delivery of the same
 * object, so that none is lost where the function is stopped in between; whoever hears it twice finds nothing new the
 * second time.
 */
export const handler = lambdaFunction(async (event) => {
  const { key, etag } = eventSchema.parse(event).detail.object;
  const { ports, traceBucket } = cloud();
  const outcome = await ingestDrop({ key, etag, open: (drop) => traceBucket.open(drop) }, ports);
  if (outcome.kind === 'refused') {
    const { modelId, drop, failure } = outcome;
    logger.warn('refused', { modelId, drop, ...failure });
    countForModel(modelId ?? 'none', 'DropsRefused', 1);
    await putEvent('Drop Refused', { drop, modelId, name: failure.name, cause: failure.cause });
  } else if (outcome.kind === 'ingested') {
    const { modelId, drop, receipt } = outcome;
    const { ingested, judgements, alreadyKnown, quarantined } = receipt;
    logger.info('ingested', { modelId, drop, ingested, judgements, alreadyKnown, quarantined });
    countForModel(modelId, 'TracesIngested', ingested);
    countForModel(modelId, 'JudgementsIngested', judgements);
    countForModel(modelId, 'LinesQuarantined', quarantined);
    if (receipt.unreadable > 0) countForModel(modelId, 'DropsRefused', 1);
    // Lines of known traces may be this function's own, of an attempt that was stopped before its event.
    if (ingested + judgements + alreadyKnown > 0) {
      await putEvent('Traces Ingested', { modelId, ingested, judgements, quarantined });
    }
  }
  return outcome;
});
