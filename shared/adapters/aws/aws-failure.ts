import { RatchetError } from '../../domain/base/errors.ts';

/** What was asked of AWS, for the person who has to mend it. */
export interface AwsRequest {
  /** For example `read the object a/b of`; never holds text of traces. */
  readonly action: string;
  /** For example `bucket ratchet-traces`. */
  readonly resource: string;
  /** The IAM actions that the request needs, for example `s3:GetObject`. */
  readonly permission: string;
}

const refusals = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const absences = new Set(['NoSuchBucket', 'ResourceNotFoundException']);
const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'ThrottlingException',
]);

/** Name of an AWS service's exception; the name of any other error; empty for what is none. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/**
 * What the AWS SDK throws, its own attempts used up, as a fault that names the resource and says what to do:
 * `AccessDenied` for a refusal or missing credentials, `StorageFailure` for all else. A {@link RatchetError} comes back
 * as it is.
 */
export function awsFailure({ action, resource, permission }: AwsRequest, cause: unknown): RatchetError {
  if (cause instanceof RatchetError) return cause;
  const name = awsErrorName(cause);
  if (name === 'CredentialsProviderError') {
    return new RatchetError('AccessDenied', `There are no AWS credentials to ${action} ${resource}: ${permission}.`, {
      cause,
    });
  }
  if (refusals.has(name) || httpStatus(cause) === 403) {
    return new RatchetError('AccessDenied', `AWS refused to ${action} ${resource} (${name}): ${permission}.`, {
      cause,
      mend: `Allow ${permission} on ${resource} to the identity that this runs as.`,
    });
  }
  return new RatchetError('StorageFailure', `Cannot ${action} ${resource}: ${name}${systemCode(cause)}.`, {
    cause,
    mend: absences.has(name)
      ? `There is no ${resource} in this account and region: deploy the stacks, or correct its name in the environment.`
      : throttles.has(name)
        ? `AWS slows requests to ${resource} down: wait, then run it again; if it goes on, raise the limit or work on fewer models at once.`
        : `Check that AWS can be reached and that this identity has ${permission} on ${resource}, then run it again.`,
  });
}

function httpStatus(error: unknown): unknown {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
    ? metadata.httpStatusCode
    : undefined;
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
}
