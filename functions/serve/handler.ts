import { Hono } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { createServingApp } from '../../shared/serving/app.ts';
import { cloudPorts } from '../_middleware/cloud-ports.ts';
import { readAskedBy } from '../_middleware/environment.ts';
import { lambdaFunction, once } from '../_middleware/lambda-function.ts';
import { logger } from '../_middleware/powertools.ts';
import { toldFault } from '../_middleware/tell-fault.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';
import { loggedAudit } from './audit.ts';
import { callerOf } from './caller.ts';

/** What the adapter gives the app beside the request. */
interface Bindings {
  readonly requestContext: unknown;
}

const answer = once(() => {
  const { ports, journal } = cloudPorts([withBackEnds]);
  const askedBy = readAskedBy();
  const app = createServingApp({
    ports,
    access: { token: null, hosts: null, caller: ({ env }) => callerOf((env as Bindings).requestContext, askedBy) },
    journal: journal(),
    audit: loggedAudit(logger),
    // It may read no traces.
    review: false,
    onFault: (error) => {
      const { name, message, stack } = toldFault(error);
      logger.error('failed', { fault: name, reason: message, stack });
    },
  });
  const asked = new Hono<{ Bindings: Bindings }>();
  asked.all('*', async (context) => {
    const begun = performance.now();
    const response = await app.fetch(context.req.raw, context.env);
    logger.info('answered', {
      caller: callerOf(context.env.requestContext, askedBy)?.name ?? null,
      method: context.req.method,
      status: response.status,
      milliseconds: Math.round(performance.now() - begun),
    });
    return response;
  });
  return handle(asked);
});

/** Answers a request of a function URL or an HTTP API, once what is to be kept of it is in S3. */
export const handler = lambdaFunction((event, context) => answer()(event as LambdaEvent, context));
