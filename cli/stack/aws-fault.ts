import { type AwsRequest, awsFailure } from '../../shared/adapters/aws/aws-failure.ts';
import { errorCode } from '../../shared/adapters/local/storage-failure.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';

const refusedCredentials: ReadonlySet<string> = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const unreachable: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
const signIn =
  'Sign in (aws sso login, or aws configure), or name a profile: AWS_PROFILE=NAME. Check with: aws sts get-caller-identity';

/**
 * What an AWS client threw, as a fault that tells a person what to do: about region, credentials and network here,
 * about the rest as the adapters do. A {@link RatchetError} comes back as it is.
 */
export function awsFault(what: AwsRequest, cause: unknown): RatchetError {
  if (cause instanceof RatchetError) return cause;
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  if (message === 'Region is missing') {
    return new RatchetError('InvalidInput', 'No AWS region is named.', {
      mend: "Name the stack's region: AWS_REGION=us-east-1, or region = … in ~/.aws/config.",
      cause,
    });
  }
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError')
    return new RatchetError('AccessDenied', `There are no AWS credentials: ${message}.`, { mend: signIn, cause });
  if (refusedCredentials.has(name))
    return new RatchetError('AccessDenied', `AWS refuses the credentials (${name}).`, { mend: signIn, cause });
  if (unreachable.has(errorCode(cause) ?? '') || name === 'TimeoutError') {
    return new RatchetError('StorageFailure', `AWS cannot be reached: ${message}.`, {
      mend: 'Check the network, the region and AWS_ENDPOINT_URL, then run the same command.',
      cause,
    });
  }
  return awsFailure(what, cause);
}

/** Does a request to AWS. @throws RatchetError as {@link awsFault} makes it */
export async function request<T>(what: AwsRequest, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw awsFault(what, error);
  }
}
