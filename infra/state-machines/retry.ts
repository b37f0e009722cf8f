import { errorTable } from '../../shared/domain/base/errors.ts';

/** Passing faults of the Lambda service itself. */
const lambdaFaults = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
] as const;

/**
 * Asked again for as long as another function may hold the slot that is missing, 15 minutes and more: a Map of ten
 * beside a concurrency of ten would else fail as soon as anything else runs.
 */
export const throttled = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 2,
  MaxAttempts: 100,
  MaxDelaySeconds: 60,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
} as const;

/**
 * The Retry list of every Task: first the faults that the error table says may be retried, with those of the Lambda
 * service, then its throttling, which has attempts of its own.
 */
export const retry = [
  {
    ErrorEquals: [
      ...Object.entries(errorTable).flatMap(([name, fault]) => (fault.retry ? [name] : [])),
      ...lambdaFaults,
    ],
    IntervalSeconds: 2,
    MaxAttempts: 3,
    BackoffRate: 2,
    JitterStrategy: 'FULL',
  },
  throttled,
] as const;
