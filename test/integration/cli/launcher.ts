import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const launcherPath = fileURLToPath(new URL('../../../cli/bin/ratchet.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real launcher as a process of its own. */
export async function ratchet(
  directory: string,
  args: readonly string[],
  options: { stdin?: string | Uint8Array; env?: NodeJS.ProcessEnv; command?: readonly [string, ...string[]] } = {},
): Promise<Ended> {
  const [command, ...before] = options.command ?? [process.execPath, launcherPath];
  const child = spawn(command, [...before, ...args], { cwd: directory, env: options.env ?? process.env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
