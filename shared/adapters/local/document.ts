import type { ZodType } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';

/**
 * JSON of a document that fits its schema.
 * @throws RatchetError `InvalidInput` when it does not: it could not be read back
 */
export function encodeDocument<T>(schema: ZodType<T>, document: T, what: string): string {
  const parsed = schema.safeParse(document);
  if (!parsed.success) {
    throw new RatchetError('InvalidInput', `This ${what} cannot be stored: ${firstProblem(parsed.error.issues)}.`);
  }
  return JSON.stringify(parsed.data);
}

/**
 * The document that a stored JSON text holds.
 * @param where it was read, which the message names; `mend` is what helps there
 * @throws RatchetError `CorruptArtifact`
 */
export function decodeDocument<T>(
  schema: ZodType<T>,
  text: string,
  where: string,
  mend = 'Restore it from a backup, then give the same command again.',
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RatchetError('CorruptArtifact', `${where} holds a record that is no JSON.`, { cause: error, mend });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RatchetError(
    'CorruptArtifact',
    `${where} holds a record of another form: ${firstProblem(parsed.error.issues)}.`,
    { mend },
  );
}

/** The first of a schema's complaints, with the path it is about. */
function firstProblem(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const issue = issues[0];
  if (issue === undefined) return 'unknown problem';
  return issue.path.length === 0 ? issue.message : `${issue.path.map(String).join('.')}: ${issue.message}`;
}
