import { errorTable } from '../../shared/domain/base/errors.ts';

/** Passing faults of the Lambda service itself. */
const lambdaFaults = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
] as const;

/** The Retry list of every Task: the faults that the error table says may be retried, and those of the Lambda service. */
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
] as const;
