import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readStack } from '../../../../cli/stack/read-stack.ts';
import { rejection } from '../../../helpers/rejection.ts';

const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
});

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A real client, talking to a server on the loopback interface that gives one answer to everything. */
async function answeredWith(status: number, body: string): Promise<CloudFormationClient> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const endpoint = `http://127.0.0.1:${address.port}`;
  return new CloudFormationClient({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
}

function fault(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

function stackWith(outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>r-loop</StackName>
    <StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks>
    </DescribeStacksResult></DescribeStacksResponse>`;
}

const outputs = {
  TraceBucketName: 'traces',
  ArtifactBucketName: 'artifacts',
  TableName: 'lineage',
  StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:r-loop',
};

describe('a stack', () => {
  test('tells by its outputs where it keeps what', async () => {
    const client = await answeredWith(200, stackWith({ ...outputs, SomethingElse: 'x' }));
    expect(await readStack('r', client)).toEqual(outputs);
  });

  test('without an output is not deployed as it should be', async () => {
    const { TableName: _, ...others } = outputs;
    const error = await rejection(readStack('r', await answeredWith(200, stackWith(others))));
    expect(error).toMatchObject({ name: 'InvalidInput' });
    expect(error.message).toBe('Stack r-loop (CREATE_COMPLETE) has no output TableName.');
  });

  test('that is not there is a mistake of the caller, who is told name, region and what to check', async () => {
    const client = await answeredWith(400, fault('ValidationError', 'Stack with id r-loop does not exist'));
    const error = await rejection(readStack('r', client));
    expect(error).toMatchObject({ name: 'InvalidInput', mend: expect.stringContaining('AWS_REGION') });
    expect(error.message).toBe('There is no CloudFormation stack r-loop in eu-west-1.');
  });

  test('that may not be read names the permission', async () => {
    const client = await answeredWith(403, fault('AccessDenied', 'User x is not authorized'));
    const error = await rejection(readStack('r', client));
    expect(error).toMatchObject({
      name: 'AccessDenied',
      mend: expect.stringContaining('cloudformation:DescribeStacks'),
    });
  });

  test('is not read with a sign-in that has expired', async () => {
    const error = await rejection(
      readStack('r', await answeredWith(403, fault('ExpiredToken', 'The token is expired'))),
    );
    expect(error).toMatchObject({ name: 'AccessDenied', mend: expect.stringContaining('aws sso login') });
  });

  test('is not read without credentials', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
    for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    const error = await rejection(readStack('r', new CloudFormationClient({ region: 'eu-west-1' })));
    expect(error).toMatchObject({ name: 'AccessDenied', mend: expect.stringContaining('aws sso login') });
  });

  test('is not read without a region', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    const error = await rejection(readStack('r', new CloudFormationClient({ credentials })));
    expect(error).toMatchObject({ name: 'InvalidInput', mend: expect.stringContaining('AWS_REGION') });
  });

  test('is not read where AWS cannot be reached', async () => {
    const client = await answeredWith(200, '');
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const error = await rejection(readStack('r', client));
    expect(error).toMatchObject({ name: 'StorageFailure', mend: expect.stringContaining('AWS_ENDPOINT_URL') });
  });
});
