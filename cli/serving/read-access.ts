import { randomBytes } from 'node:crypto';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { Access } from '../../shared/serving/guard.ts';
import { namedCallers } from '../../shared/serving/named-callers.ts';
import { readNamedTokens } from './named-tokens.ts';

/** Shorter ones could be guessed. */
const shortestToken = 16;

/**
 * Who may ask: who knows RATCHET_TOKEN, and whom the file named by RATCHET_TOKENS lets in; with neither, everybody on this machine.
 * @param hosts names of a server that only this machine can reach; null for one that others can
 * @param warn told of a token that is too short, where only this machine can reach the server
 * @throws RatchetError InvalidInput where others could reach the server, or where the file cannot be used
 */
export async function readAccess(
  host: string,
  hosts: Access['hosts'],
  env: Readonly<Record<string, string | undefined>>,
  warn: (text: string) => void,
): Promise<Access> {
  const { RATCHET_TOKEN: token = null, RATCHET_TOKENS: file = '' } = env;
  const isLong = token !== null && token.length >= shortestToken;
  if (file !== '') {
    if (token !== null && !isLong) throw short('RATCHET_TOKEN has fewer than 16 characters.');
    return { token: null, hosts, caller: namedCallers(await readNamedTokens(file), token) };
  }
  if (hosts === null && !isLong) {
    throw short(`Others can reach ${host}, and no token of 16 characters or more is set.`);
  }
  if (token !== null && !isLong) {
    const { message, mend } = short('RATCHET_TOKEN has fewer than 16 characters, and could be guessed.');
    warn(`Note: ${message} ${mend}`);
  }
  return { token, hosts };
}

function short(message: string): RatchetError {
  return new RatchetError('InvalidInput', message, {
    mend: `Set one: export RATCHET_TOKEN=${randomBytes(24).toString('base64url')}`,
  });
}
