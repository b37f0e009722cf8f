import { idSchema } from '../base/ids.ts';

/**
 * Where files of traces are dropped to be ingested: `drops/<model>/<name>`, where names may hold folders. What a file is
 * its content tells; its ending only says that it is meant to be one.
 */
const dropPattern =
  /^drops\/(?<modelId>[^/]+)\/(?:[^/]+\/)*[^/]+?(?<ending>\.(?:jsonl|json|ndjson|csv|tsv|parquet)(?:\.gz|\.zst)?)?$/i;
/** Options for one file, or for all of a model. */
const optionsPattern = /^drops\/[^/]+\/(?:.*\.)?ratchet\.json$/;
/** In bytes, by S3. */
const longestKey = 1_024;
const control = /[\p{Cc}\p{Cs}\ufffd]/u;

export type DropKey =
  | { readonly kind: 'drop'; readonly key: string; readonly modelId: string }
  /** A folder that a console made: nothing to ingest. */
  | { readonly kind: 'folder' }
  /** How other files are to be read. */
  | { readonly kind: 'options' }
  | { readonly kind: 'refused'; readonly reason: string; readonly mend: string };

/** What the key of a dropped object stands for. Blanks, `+`, `:` and letters of any script are what producers write. */
export function parseDropKey(key: string): DropKey {
  if (key.endsWith('/')) return { kind: 'folder' };
  if (optionsPattern.test(key)) return { kind: 'options' };
  if (new TextEncoder().encode(key).length > longestKey || control.test(key) || key.split('/').some(isNoPart)) {
    return refused('The key holds what no key may.');
  }
  const { modelId, ending } = dropPattern.exec(key)?.groups ?? {};
  if (modelId === undefined) return refused('It does not lie in the folder of a model.');
  if (!idSchema.safeParse(modelId).success) {
    return refused(`It lies in the folder ${JSON.stringify(modelId.slice(0, 120))}, which no model can be named.`);
  }
  if (ending === undefined) return refused('Its name does not end as that of a file of traces does.');
  return { kind: 'drop', key, modelId };
}

function refused(reason: string): DropKey {
  const mend =
    'Put it under drops/MODEL/NAME.jsonl; endings are .jsonl, .json, .ndjson, .csv, .tsv and .parquet, each also .gz or .zst.';
  return { kind: 'refused', reason, mend };
}

/** Where the options of a drop are looked for: beside it, then for all drops of its model. */
export function optionsKeys(dropKey: string, modelId: string): readonly string[] {
  return [`${dropKey}.ratchet.json`, `drops/${modelId}/ratchet.json`];
}

function isNoPart(part: string): boolean {
  return part === '' || part === '.' || part === '..';
}
