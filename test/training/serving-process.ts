import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { countingPython } from './python.ts';

const listeningSchema = z.object({ host: z.string(), port: z.number() });

/** The container's own serving process on loopback, with the artifact that lies in `FOLDER/model`. */
export async function startServing(
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; close(): void }> {
  const { command, env } = await countingPython();
  const [file, ...args] = command;
  const child = spawn(file, [...args, 'serve-http', '--port', '0'], {
    env: { ...env, ...more, RATCHET_OPT_ML: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { host, port } = listeningSchema.parse(JSON.parse(line));
    return { url: `http://${host}:${port}`, close: () => child.kill('SIGKILL') };
  }
  throw new Error('the serving process ended');
}
