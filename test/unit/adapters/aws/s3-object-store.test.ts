import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { S3ObjectStore } from '../../../../shared/adapters/aws/s3-object-store.ts';
import { rejection } from '../../../helpers/rejection.ts';

/** What of S3 no emulator does on demand: connections that break off, conflicts, refusals. */
describe('S3 on a bad day', () => {
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  let server: Server;
  let client: S3Client;
  let objects: S3ObjectStore;
  let requests: IncomingMessage[];
  let answer: (request: IncomingMessage, response: ServerResponse, count: number) => void;

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(request);
      request.resume().on('end', () => answer(request, response, requests.length));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    client = new S3Client({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${address.port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
    objects = new S3ObjectStore({ client, bucket: 'bucket' });
  });
  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** Sends from where the request asks for, and breaks off after so many bytes. */
  function sendPart(request: IncomingMessage, response: ServerResponse, bytes: number): void {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = body.subarray(from);
    response.writeHead(from === 0 ? 200 : 206, { 'content-length': rest.length, etag: '"e1"' });
    response.write(rest.subarray(0, bytes), () => {
      if (bytes < rest.length) response.destroy();
      else response.end();
    });
  }

  test('a download that breaks off goes on where it stopped, on the same version of the object', async () => {
    answer = (request, response, count) => sendPart(request, response, count < 3 ? 100_000 : body.length);
    expect(Buffer.from((await objects.get('a')) ?? []).equals(body)).toBe(true);
    expect(requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      expect.stringMatching(/^bytes=\d+-$/),
      expect.stringMatching(/^bytes=\d+-$/),
    ]);
    expect(requests.slice(1).map(({ headers }) => headers['if-match'])).toEqual(['"e1"', '"e1"']);
    requests = [];
    const copied = await objects.withLocalFile('a', (path) => readFile(path));
    expect(copied.equals(body)).toBe(true);
  });

  test('a download that keeps breaking off is a storage failure', async () => {
    answer = (request, response) => sendPart(request, response, 1_000);
    const error = await rejection(objects.withLocalFile('a', async () => 1));
    expect(error.name).toBe('StorageFailure');
    expect(error.message).toContain('bucket bucket');
    expect(requests.length).toBeGreaterThan(2);
  });

  test('a download whose object was replaced meanwhile is not patched together', async () => {
    answer = (request, response, count) => {
      if (count === 1) sendPart(request, response, 1_000);
      else refuse(response, 412, 'PreconditionFailed');
    };
    expect((await rejection(objects.get('a'))).name).toBe('StorageFailure');
  });

  test('a first write that conflicts with another is tried again', async () => {
    answer = (_request, response, count) => {
      if (count < 3) refuse(response, 409, 'ConditionalRequestConflict');
      else response.writeHead(200, { etag: '"e1"' }).end();
    };
    expect(await objects.putIfAbsent('a', body)).toBe(true);
    expect(requests).toHaveLength(3);
    expect(requests.every(({ headers }) => headers['if-none-match'] === '*')).toBe(true);
  });

  test('a refusal names object, bucket and permission', async () => {
    answer = (_request, response) => refuse(response, 403, 'AccessDenied');
    const read = await rejection(objects.get('a'));
    expect(read.name).toBe('AccessDenied');
    expect(read.message).toContain('read a in bucket bucket');
    expect(read.mend).toContain('s3:GetObject and s3:ListBucket on bucket bucket');
    expect((await rejection(objects.put('a', body))).mend).toContain('s3:PutObject');
    expect((await rejection(objects.list('a'))).mend).toContain('s3:ListBucket');
    expect((await rejection(objects.delete('a'))).mend).toContain('s3:DeleteObject');
  });
});

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
}
