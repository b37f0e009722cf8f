import { RatchetError } from '../../domain/base/errors.ts';

const partPattern = /^(?!\.)[A-Za-z0-9=_.-]{1,255}$/;
const lastPrefixPartPattern = /^(?!\.)[A-Za-z0-9=_.-]{0,255}$/;
const longestKey = 1024;

/** Whether the text may be one part of a key: letters, digits, `=`, `_`, `.` and `-`, not beginning with a dot. */
export function isKeyPart(text: string): boolean {
  return partPattern.test(text);
}

/**
 * The parts of an object key.
 * @throws RatchetError `InvalidInput` when the key could not be stored alike everywhere, or could leave the store's
 * root
 */
export function keyParts(key: string): readonly string[] {
  const parts = key.split('/');
  if (key.length > longestKey || !parts.every(isKeyPart)) throw invalidKey('key', key);
  return parts;
}

/**
 * The complete parts of a prefix, and the beginning of a part after its last slash (may be empty).
 * @throws RatchetError `InvalidInput` when no key can begin with the prefix
 */
export function prefixParts(prefix: string): { readonly complete: readonly string[]; readonly rest: string } {
  const complete = prefix.split('/');
  const rest = complete.pop() ?? '';
  if (prefix.length > longestKey || !complete.every(isKeyPart) || !lastPrefixPartPattern.test(rest)) {
    throw invalidKey('prefix', prefix);
  }
  return { complete, rest };
}

function invalidKey(what: string, text: string): RatchetError {
  return new RatchetError(
    'InvalidInput',
    `${JSON.stringify(text.slice(0, 200))} is no valid object ${what}: parts between "/" hold letters, digits, "=", "_", "." and "-", do not begin with ".", and the whole is at most ${longestKey} characters.`,
  );
}
