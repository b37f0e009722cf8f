import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const installed = fileURLToPath(new URL('../../.emulator/bin/ministack', import.meta.url));
const readyWithinMs = 60_000;
const shownOfLog = 4_000;

/**
 * The emulator leads a process group of its own; the whole group ends with it, or when this process is gone and the
 * pipe closes.
 */
const supervisor = '("$0" </dev/null; kill -9 0) & cat >/dev/null; kill -9 0';

export interface Emulator {
  readonly endpoint: string;
  /** What the AWS SDK and the CDK have to find in the environment to talk to the emulator and to nothing else. */
  readonly env: Readonly<
    Record<'AWS_ENDPOINT_URL' | 'AWS_REGION' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>
  >;
  /** The last of what the emulator and the functions it runs wrote. */
  logTail(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts the AWS emulator (installed by `.ci/install-emulator`, or the program that `RATCHET_EMULATOR` names) on a free
 * port of the loopback interface, with nothing in it, and waits until it answers.
 * @param settings more environment variables for the emulator; they reach the functions that it runs, too
 * @throws Error with the end of the emulator's log when it does not come up
 */
export async function startEmulator(settings: Readonly<Record<string, string>> = {}): Promise<Emulator> {
  const program = process.env.RATCHET_EMULATOR ?? installed;
  if (!existsSync(program)) throw new Error(`There is no emulator at ${program}: run .ci/install-emulator first.`);
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-emulator-'));
  const logPath = join(folder, 'emulator.log');
  const log = await open(logPath, 'w');
  const port = await freePort();
  const child = spawn('sh', ['-c', supervisor, program], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
    env: {
      // Functions run on the Node.js that runs the tests.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: folder,
      TMPDIR: folder,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      ...settings,
    },
  });
  await log.close();
  const logTail = async () => (await readFile(logPath, 'utf8')).slice(-shownOfLog);
  let wanted = false;
  child.once('exit', async () => {
    if (wanted) console.error(`The emulator ended by itself. The end of its log:\n${await logTail()}`);
  });
  const stop = async () => {
    wanted = false;
    await killGroup(child);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await becomesReady(endpoint, child);
  } catch (error) {
    const tail = await logTail();
    await stop();
    throw new Error(`The emulator did not start. The end of its log:\n${tail}`, { cause: error });
  }
  wanted = true;
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  return { endpoint, env, logTail, stop };
}

async function becomesReady(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline) {
    if (hasEnded(child)) throw new Error('its process ended');
    const answer = await fetch(`${endpoint}/_ministack/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`it did not answer within ${readyWithinMs / 1000} s`);
}

async function killGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
