import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Listening, listen } from '../../../../cli/serving/listen.ts';

const patience = { headersMs: 150, requestMs: 300, silenceMs: 300, lookEveryMs: 25 };
let listening: Listening;
beforeEach(async () => {
  const answer = async (request: Request) => {
    await request.text();
    return new Response('x'.repeat(64 * 2 ** 20));
  };
  listening = await listen(answer, { host: '127.0.0.1', port: 0 }, patience);
});
afterEach(() => listening.close());

/** What comes until the server ends the connection. */
async function cutOff(sent: string): Promise<string> {
  const socket = connect(Number(new URL(listening.url).port), '127.0.0.1');
  let said = '';
  socket.on('error', () => undefined);
  socket.on('data', (some) => (said += String(some)));
  socket.write(sent);
  await once(socket, 'close');
  return said;
}

test('who never ends the headers of a request is cut off', async () => {
  expect(await cutOff('GET / HTTP/1.1\r\nHost: localhost\r\nX: ')).toMatch(/^HTTP\/1\.1 408 /);
});

test('who never ends the body of a request is cut off', async () => {
  const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{';
  expect(await cutOff(head)).not.toContain('200 OK');
});

test('who takes nothing of the answer is cut off', async () => {
  const socket = connect(Number(new URL(listening.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  let bytes = 0;
  socket.on('data', (some) => (bytes += some.length));
  socket.resume();
  await once(socket, 'close');
  expect(bytes).toBeLessThan(64 * 2 ** 20);
});
