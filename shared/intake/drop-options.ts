import { z } from 'zod';
import { RatchetError } from '../domain/base/errors.ts';
import { givenJudgeKindSchema } from '../domain/traces/judgement.ts';
import { parseFieldMap } from './normalise/field-map.ts';
import { plainReading, type ReadingOptions } from './normalise/reading-context.ts';
import { describeIssues } from './parse-json-line.ts';

/** How dropped files are to be read: what the options of `ratchet ingest` say. */
export const dropOptionsSchema = z.strictObject({
  /** As `--format`. */
  format: z.string().optional(),
  /** As `--map`: the place in a record, by field. */
  map: z.record(z.string(), z.string()).default({}),
  /** As `--pass-at`. */
  passAt: z.number().optional(),
  /** As `--judge`. */
  judge: givenJudgeKindSchema.optional(),
  /** As `--score`. */
  scores: z.array(z.string()).optional(),
});
export type DropOptions = z.infer<typeof dropOptionsSchema>;

/** Options, read. */
export interface FileOptions {
  readonly format: string | null;
  readonly reading: ReadingOptions;
}

export const noFileOptions: FileOptions = { format: null, reading: plainReading };

/**
 * Reads the JSON of options.
 * @param key names the object in errors
 * @throws RatchetError InvalidInput for what are none
 */
export function readDropOptions(bytes: Uint8Array, key: string): FileOptions {
  const mend = `Write such as {"format": "csv", "map": {"expected": "correct_label"}, "judge": "human"} to ${key}, or remove it.`;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new RatchetError('InvalidInput', `${key} is not JSON.`, { mend, cause: error });
  }
  const parsed = dropOptionsSchema.safeParse(value);
  if (!parsed.success) throw new RatchetError('InvalidInput', `${key}: ${describeIssues(parsed.error)}.`, { mend });
  return fileOptions(parsed.data);
}

/** @throws RatchetError InvalidInput for a mapping that is none */
export function fileOptions({ format, map, passAt, judge, scores }: DropOptions): FileOptions {
  return {
    format: format ?? null,
    reading: {
      map: parseFieldMap(Object.entries(map).map(([field, path]) => `${field}=${path}`)),
      passAt: passAt ?? null,
      judge: judge ?? null,
      scores: scores ?? [],
    },
  };
}
