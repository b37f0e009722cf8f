import { errorTable } from '../../shared/domain/base/errors.ts';

/** Passing faults of the Lambda service itself. */
const lambdaFaults = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
] as const;

/**
 * A function that finds no free slot of the account's concurrency asks again for hours: functions hold theirs for up to 15
 * minutes, and other Maps, of this run or another's, may be before it in the queue that there is not. With the attempts of
 * other faults, a Map of ten in an account of ten slots failed as soon as anything else ran.
 */
export const throttled = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 2,
  MaxAttempts: 200,
  MaxDelaySeconds: 120,
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
