import { idSchema } from '../base/ids.ts';

/**
 * Where files of traces are dropped to be ingested: `drops/<model>/<name>.jsonl`, or `.jsonl.gz`; names may hold
 * folders.
 */
const dropPattern = /^drops\/(?<modelId>[^/]+)\/(?:[^/]+\/)*[^/]+\.jsonl(?:\.gz)?$/;
const storablePattern = /^(?:(?!\.)[A-Za-z0-9=_.-]{1,255}\/)*(?!\.)[A-Za-z0-9=_.-]{1,255}$/;
const longestKey = 1_024;

export type DropKey =
  | { readonly kind: 'drop'; readonly key: string; readonly modelId: string }
  /** A folder that a console made: nothing to ingest. */
  | { readonly kind: 'folder' }
  | { readonly kind: 'refused'; readonly reason: string; readonly mend: string };

/**
 * What the key of a dropped object, as an event names it, stands for. Events name keys as they are; some services
 * encode them as in a URL, which can be told apart since no key that is taken holds `%` or `+`.
 */
export function parseDropKey(named: string): DropKey {
  const key = /[%+]/.test(named) ? decoded(named) : named;
  if (key.endsWith('/')) return { kind: 'folder' };
  const mend =
    'Put it under drops/MODEL/NAME.jsonl or drops/MODEL/NAME.jsonl.gz, in letters, digits, "=", "_", "." and "-".';
  if (key.length > longestKey || !storablePattern.test(key)) {
    return { kind: 'refused', reason: 'The key holds what no key may.', mend };
  }
  const modelId = dropPattern.exec(key)?.groups?.modelId ?? '';
  if (!idSchema.safeParse(modelId).success) return { kind: 'refused', reason: 'The key is not that of a drop.', mend };
  return { kind: 'drop', key, modelId };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
