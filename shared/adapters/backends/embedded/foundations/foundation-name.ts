import { isAbsolute, win32 } from 'node:path';

/** A model of the Hugging Face hub. */
export interface HubName {
  /** `owner/name`, or a name alone. */
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

const part = /^[A-Za-z0-9][\w.-]{0,95}$/;
const hubPrefix = 'hf:';

/** What a foundation's name says: `hf:NAME` or `hf:NAME@REVISION`; null for any other. */
export function hubName(foundation: string): HubName | null {
  if (!foundation.startsWith(hubPrefix)) return null;
  const [name = '', revision = 'main', ...more] = foundation.slice(hubPrefix.length).split('@');
  const parts = [...name.split('/'), revision];
  const isName = more.length === 0 && parts.length <= 3 && parts.every((one) => part.test(one) && !one.includes('..'));
  return isName ? { name, revision } : null;
}

/** Whether a foundation is a sentence encoder of one's own: a model of the hub, or a folder by its full path. */
export function isOwnFoundation(foundation: string): boolean {
  return hubName(foundation) !== null || isAbsolute(foundation) || win32.isAbsolute(foundation);
}
