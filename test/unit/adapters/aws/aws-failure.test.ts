import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { awsFailure } from '../../../../shared/adapters/aws/aws-failure.ts';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';

const request = { action: 'read', resource: 'table lineage', permission: 'dynamodb:GetItem' };

function serviceError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error('details'), { name, $metadata: { httpStatusCode } });
}

test.each([
  serviceError('AccessDeniedException'),
  serviceError('ExpiredTokenException'),
  serviceError('Forbidden', 403),
])('a refusal ($name) names the permission that is missing and where, and is not tried again', (error) => {
  const failure = awsFailure(request, error);
  expect(failure).toMatchObject({ name: 'AccessDenied', retryable: false, cause: error });
  expect(failure.message).toContain('read table lineage');
  expect(failure.mend).toBe('Allow dynamodb:GetItem on table lineage to the identity that this runs as.');
});

test('missing credentials ask to sign in', async () => {
  const credentials = () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }));
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1', credentials });
  const error: unknown = await client
    .send(new GetItemCommand({ TableName: 'lineage', Key: {} }))
    .catch((thrown: unknown) => thrown);
  const failure = awsFailure(request, error);
  expect(failure.name).toBe('AccessDenied');
  expect(failure.mend).toContain('Sign in to AWS');
});

test.each([
  [serviceError('ResourceNotFoundException'), 'deploy the stacks'],
  [serviceError('NoSuchBucket', 404), 'deploy the stacks'],
  [serviceError('ProvisionedThroughputExceededException'), 'slows requests'],
  [serviceError('SlowDown', 503), 'slows requests'],
  [serviceError('InternalServerError', 500), 'AWS can be reached'],
])('a failure of the service (%s) may pass, and says what to do', (error, mend) => {
  const failure = awsFailure(request, error);
  expect(failure).toMatchObject({ name: 'StorageFailure', retryable: true });
  expect(failure.message).toBe(`Cannot read table lineage: ${error.name}.`);
  expect(failure.mend).toContain(mend);
});

test('a connection that cannot be made tells its code', async () => {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const error: unknown = await client
    .send(new GetItemCommand({ TableName: 'lineage', Key: {} }))
    .catch((thrown: unknown) => thrown);
  expect(awsFailure(request, error).message).toContain('ECONNREFUSED');
});

test('a fault of Ratchet stays what it is', () => {
  const fault = new RatchetError('InvalidInput', 'x');
  expect(awsFailure(request, fault)).toBe(fault);
});
