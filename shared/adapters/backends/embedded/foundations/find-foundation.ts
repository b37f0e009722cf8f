import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RatchetError } from '../../../../domain/base/errors.ts';
import { hubSnapshot, isHubOffline } from '../../hub-cache.ts';
import type { EncoderChoice } from './encoder.ts';
import { fetchFoundation, type OnFetch } from './fetch-foundation.ts';
import { hubName } from './foundation-name.ts';
import { requiredFiles, weightFiles } from './read-folder.ts';

export interface FindOptions {
  /** Where models of the hub are kept, in `foundations`. */
  readonly cacheDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onFetch?: OnFetch;
}

/**
 * The folder of a foundation: the one that is named, or for a model of the hub the workspace's own copy, else that of
 * Hugging Face's own cache, else a download.
 * @throws RatchetError FoundationMissing
 */
export async function findFoundation(
  foundation: string,
  variant: EncoderChoice['variant'],
  { cacheDirectory, env, onFetch }: FindOptions,
): Promise<string> {
  const hub = hubName(foundation);
  if (hub === null) {
    if (await isThere(foundation)) return foundation;
    throw new RatchetError('FoundationMissing', `The foundation's folder ${foundation} is not there.`, {
      mend: 'Put it back, or name another with --foundation when you create a model.',
    });
  }
  const own = join(cacheDirectory, 'foundations', ...hub.name.split('/'), hub.revision);
  for (const directory of [own, await hubSnapshot(hub, env)]) {
    if (directory !== null && (await isWhole(directory, variant))) return directory;
  }
  if (isHubOffline(env)) {
    throw new RatchetError(
      'FoundationMissing',
      `The foundation ${foundation} is not on this machine, and HF_HUB_OFFLINE forbids to fetch it.`,
      { mend: `Name a folder that holds it: --foundation DIR. Or put it into ${own}.` },
    );
  }
  await fetchFoundation(hub, variant, own, { env, ...(onFetch === undefined ? {} : { onFetch }) });
  return own;
}

async function isWhole(directory: string, variant: EncoderChoice['variant']): Promise<boolean> {
  const weights = variant === undefined ? Object.values(weightFiles) : [weightFiles[variant]];
  const found = await Promise.all([...requiredFiles, ...weights].map((name) => isThere(join(directory, name))));
  return found.slice(0, requiredFiles.length).every(Boolean) && found.slice(requiredFiles.length).some(Boolean);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
