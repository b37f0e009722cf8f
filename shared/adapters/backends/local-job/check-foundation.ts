import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { RatchetError } from '../../../domain/base/errors.ts';
import { hubSnapshot, isHubOffline, usualHub } from '../hub-cache.ts';

/** Before the hub is given up, milliseconds. */
const patience = 15_000;

/**
 * Looks whether a job of this machine will find its foundation: a folder, or a model of the Hugging Face hub that is in its
 * cache or that the hub has. Nothing is fetched.
 * @throws RatchetError FoundationMissing
 */
export async function checkFoundation(
  foundation: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const found = await stat(foundation).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  if (isAbsolute(foundation) || /^(\.{1,2}\/|~)/.test(foundation)) throw missing(foundation, 'there is no such folder');
  if ((await hubSnapshot({ name: foundation, revision: 'main' }, env)) !== null) return;
  if (isHubOffline(env)) throw missing(foundation, 'it is not on this machine, and HF_HUB_OFFLINE forbids to fetch it');
  const url = `${env.HF_ENDPOINT ?? usualHub}/${foundation}/resolve/main/config.json`;
  const headers: Record<string, string> = env.HF_TOKEN === undefined ? {} : { authorization: `Bearer ${env.HF_TOKEN}` };
  const answer = await fetch(url, { method: 'HEAD', headers, signal: AbortSignal.timeout(patience) }).catch(
    (cause: unknown) => {
      throw missing(foundation, 'it is no folder, and the hub cannot be reached', cause);
    },
  );
  if (answer.ok) return;
  throw missing(
    foundation,
    `it is no folder, and the hub has no such model, or does not let you in (${answer.status})`,
  );
}

function missing(foundation: string, why: string, cause?: unknown): RatchetError {
  return new RatchetError('FoundationMissing', `The foundation ${foundation} cannot be had: ${why}.`, {
    cause,
    mend: 'Name a folder that holds it (--foundation DIR), or a model of the hub, where it can be reached (HF_ENDPOINT names another hub, HF_TOKEN lets in).',
  });
}
