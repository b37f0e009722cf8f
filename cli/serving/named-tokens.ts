import { type FileHandle, open } from 'node:fs/promises';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { describeIssues } from '../../shared/intake/parse-json-line.ts';
import { type NamedTokens, namedTokensSchema } from '../../shared/serving/named-callers.ts';

const largest = 2 ** 20;

/**
 * The file of named tokens, which nobody but its user may read or write.
 * @throws RatchetError InvalidInput where it cannot be used
 */
export async function readNamedTokens(path: string): Promise<NamedTokens> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw unusable(path, 'it cannot be read', 'Name a file with RATCHET_TOKENS that is there: docs/serving.md.', cause);
  });
  try {
    const text = await ownText(path, file);
    const parsed = namedTokensSchema.safeParse(fromJson(path, text));
    if (parsed.success) return parsed.data;
    throw unusable(path, describeIssues(parsed.error), 'See docs/serving.md for its form.');
  } finally {
    await file.close();
  }
}

/** What is looked at is what is read, whatever becomes of the path meanwhile. */
async function ownText(path: string, file: FileHandle): Promise<string> {
  const found = await file.stat();
  if (!found.isFile()) throw unusable(path, 'it is no file', 'Name a file with RATCHET_TOKENS.');
  if ((found.mode & 0o077) !== 0) {
    throw unusable(path, 'others may read or write it', `Keep it to yourself: chmod 600 ${path}`);
  }
  if (found.size > largest) throw unusable(path, 'it has more than 1 MiB', 'Name the right file with RATCHET_TOKENS.');
  return file.readFile('utf8');
}

function fromJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What JSON.parse says would show a piece of the file.
    throw unusable(path, 'it is not JSON', 'See docs/serving.md for its form.');
  }
}

function unusable(path: string, why: string, mend: string, cause?: unknown): RatchetError {
  return new RatchetError('InvalidInput', `The tokens in ${path} cannot be used: ${why}.`, {
    mend,
    ...(cause === undefined ? {} : { cause }),
  });
}
