import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger, tracer } from './powertools.ts';
import { publishMetrics } from './publish-metrics.ts';
import { tellFaults } from './tell-fault.ts';

/** What Lambda calls: one event in, one JSON value out. */
export type LambdaFunction<T> = (event: unknown, context: Context) => Promise<T>;

/**
 * Work as a Lambda function, with structured logs, metrics, traces and faults told in a way that callers understand. A
 * timeout is left to Lambda, which ends the process: work that was only given up on would go on in a later invocation.
 */
export function lambdaFunction<T>(work: (event: unknown, context: Context) => Promise<T>): LambdaFunction<T> {
  return middy<unknown, T>((event: unknown, context: Context) => work(event, context), { timeoutEarlyInMillis: 0 })
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics())
    .use(tellFaults());
}

/** Makes something at its first use, then keeps it for the life of the container. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
