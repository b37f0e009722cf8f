import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { RatchetError } from '../shared/domain/base/errors.ts';
import type { Json } from '../shared/domain/base/json.ts';

/**
 * What a person fixes of a trainer's configurations; the trainer checks it. A foundation that is a directory is named in
 * full, since later runs may begin elsewhere.
 * @param given `name=value` each; a value that is JSON is read as such
 * @throws RatchetError InvalidInput for what has no name
 */
export function trainerOptions(given: readonly string[], foundation: string | undefined): Record<string, Json> {
  const options = namedOptions(given, {
    of: 'a trainer',
    example: '--trainer-option method=lora',
  });
  return foundation === undefined ? options : { ...options, foundation: located(foundation) };
}

/**
 * Options by their names. @param given `name=value` each; a value that is JSON is read as such
 * @throws RatchetError InvalidInput for what has no name
 */
export function namedOptions(
  given: readonly string[],
  { of, example }: { readonly of: string; readonly example: string },
): Record<string, Json> {
  return Object.fromEntries(
    given.map((text): [string, Json] => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), readValue(text.slice(at + 1))];
      throw new RatchetError('InvalidInput', `${JSON.stringify(text.slice(0, 120))} is no option of ${of}.`, {
        mend: `Write it as name=value, for example ${example}`,
      });
    }),
  );
}

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function located(foundation: string): string {
  return /[/\\.]/.test(foundation) && existsSync(foundation) ? resolve(foundation) : foundation;
}
