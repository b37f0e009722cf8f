import { hostname, userInfo } from 'node:os';

/** Who works at this machine, for the audit: `user@host`. */
export function person(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `unknown@${hostname()}`;
  }
}
