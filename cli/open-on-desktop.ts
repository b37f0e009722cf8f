import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

/** What shows a file to a person on a system; the file's path is an argument of its own, and no shell reads it. */
export function openerFor(
  platform: NodeJS.Platform,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Opener | null {
  switch (platform) {
    case 'darwin':
      return { command: 'open', args: [path] };
    case 'win32':
      return { command: 'explorer.exe', args: [path] };
    default: {
      const hasDesktop = (env.DISPLAY ?? '') !== '' || (env.WAYLAND_DISPLAY ?? '') !== '';
      return hasDesktop ? { command: 'xdg-open', args: [path] } : null;
    }
  }
}

/** How long an opener has to say that it cannot. */
const patienceMs = 1_500;

/** Shows a file of this machine on its desktop; false where there is none, or where it would not. */
export async function openOnDesktop(
  path: string,
  opener: Opener | null = openerFor(process.platform, path, process.env),
): Promise<boolean> {
  if (opener === null) return false;
  const child = spawn(opener.command, opener.args, { detached: true, stdio: 'ignore' });
  const ended = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    // explorer.exe ends with 1 when all went well.
    child.once('exit', (code) => resolve(code === 0 || opener.command === 'explorer.exe'));
  });
  const waiting = new AbortController();
  const stillOpen = sleep(patienceMs, true, { signal: waiting.signal }).catch(() => true);
  const opened = await Promise.race([ended, stillOpen]);
  waiting.abort();
  child.unref();
  return opened;
}
