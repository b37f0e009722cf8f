import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { motoServer } from './python.ts';

/** The emulator moto on a free port of loopback. */
export async function startMoto(): Promise<{ readonly url: string; close(): void }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(motoServer ?? '', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  for (let left = 120; left > 0; left -= 1) {
    if (await fetch(url).catch(() => null)) break;
    await sleep(500);
  }
  return { url, close: () => server.kill('SIGKILL') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
