import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The Hugging Face hub, unless HF_ENDPOINT names another. */
export const usualHub = 'https://huggingface.co';

/** The folder that Hugging Face's Python tools keep a model in; null where they have none. */
export async function hubSnapshot(
  { name, revision }: { readonly name: string; readonly revision: string },
  env: Environment,
): Promise<string | null> {
  const home = env.HF_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  const model = join(env.HF_HUB_CACHE ?? join(home, 'hub'), `models--${name.replaceAll('/', '--')}`);
  const commit = await readFile(join(model, 'refs', revision), 'utf8').catch(() => revision);
  const snapshot = join(model, 'snapshots', commit.trim());
  const isThere = await stat(snapshot).then(
    () => true,
    () => false,
  );
  return /^[\w.-]+$/.test(commit.trim()) && isThere ? snapshot : null;
}

/** Whether the environment forbids to ask the hub. */
export function isHubOffline(env: Environment): boolean {
  return [env.HF_HUB_OFFLINE, env.TRANSFORMERS_OFFLINE].some(
    (value) => value !== undefined && /^(1|on|yes|true)$/i.test(value),
  );
}
