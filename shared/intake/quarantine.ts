import { z } from 'zod';
import { RatchetError } from '../domain/base/errors.ts';
import { canonicalJson, shortDigest } from '../domain/base/ids.ts';
import { readJsonl, writeJsonl } from '../ports/documents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { BadLine } from './ingest-result.ts';

const badLineSchema = z.object({
  file: z.string(),
  line: z.int(),
  reason: z.string(),
  mend: z.string(),
  text: z.string(),
  cut: z.boolean().optional(),
  traceId: z.string().optional(),
  digest: z.string().optional(),
});

/** Files of quarantined lines that are looked through for what has come in since, the newest names apart. */
const mostFiles = 200;

/** Names the text of a line, for comparison with what comes later. */
export function digestOfLine(text: string): string {
  return shortDigest(text);
}

export function quarantinePrefix(modelId: string): string {
  return `quarantine/${modelId}/`;
}

/** Writes lines that could not be used. The same lines have the same key. */
export async function writeQuarantine(objects: ObjectStore, modelId: string, bad: readonly BadLine[]): Promise<string> {
  const key = `${quarantinePrefix(modelId)}${shortDigest(canonicalJson(bad))}.jsonl`;
  await writeJsonl(objects, key, bad);
  return key;
}

/**
 * Lines that earlier files left in quarantine, and which of them have come in since. A line has come in when a trace or a
 * judgement of its trace id has, or when the very same text has.
 */
export class OpenQuarantine {
  readonly #objects: ObjectStore;
  /** Marks of the lines, by file; the lines may be long. */
  readonly #files: ReadonlyMap<string, readonly (readonly string[])[]>;
  readonly #waiting: ReadonlySet<string>;
  readonly #came = new Set<string>();

  private constructor(objects: ObjectStore, files: ReadonlyMap<string, readonly (readonly string[])[]>) {
    this.#objects = objects;
    this.#files = files;
    this.#waiting = new Set([...files.values()].flat(2));
  }

  static async open(objects: ObjectStore, modelId: string): Promise<OpenQuarantine> {
    const keys = (await objects.list(quarantinePrefix(modelId))).slice(0, mostFiles);
    const files = new Map<string, readonly (readonly string[])[]>();
    for (const key of keys) files.set(key, (await readLeft(objects, key)).map(marksOf));
    return new OpenQuarantine(objects, files);
  }

  /** Whether any line waits; then {@link cameIn} has to be told of each good one. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  cameIn(traceId: string, text: string): void {
    for (const mark of [idMark(traceId), textMark(digestOfLine(text))])
      if (this.#waiting.has(mark)) this.#came.add(mark);
  }

  /**
   * Takes out what has come in; files that are empty then are removed. Returns how many lines that were.
   * @param written keys that have been written since: they stay
   */
  async clear(written: readonly string[]): Promise<number> {
    if (this.#came.size === 0) return 0;
    let cleared = 0;
    const hasCome = (marks: readonly string[]): boolean => marks.some((mark) => this.#came.has(mark));
    for (const [key, marks] of this.#files) {
      if (written.includes(key) || !marks.some(hasCome)) continue;
      const lines = await readLeft(this.#objects, key);
      const left = lines.filter((line) => !hasCome(marksOf(line)));
      cleared += lines.length - left.length;
      if (left.length === 0) await this.#objects.delete(key);
      else await writeJsonl(this.#objects, key, left);
    }
    return cleared;
  }
}

/** A file that somebody removed, or wrote by hand, is no reason to refuse new ones. */
async function readLeft(objects: ObjectStore, key: string): Promise<readonly BadLine[]> {
  try {
    return (await readJsonl(objects, key, badLineSchema)).map(({ traceId, digest, cut, ...line }) => ({
      ...line,
      ...(cut === undefined ? {} : { cut }),
      ...(traceId === undefined ? {} : { traceId }),
      ...(digest === undefined ? {} : { digest }),
    }));
  } catch (error) {
    if (error instanceof RatchetError && ['ObjectMissing', 'CorruptArtifact'].includes(error.name)) return [];
    throw error;
  }
}

function marksOf({ traceId, digest }: BadLine): readonly string[] {
  return [...(traceId === undefined ? [] : [idMark(traceId)]), ...(digest === undefined ? [] : [textMark(digest)])];
}

const idMark = (traceId: string): string => `id ${traceId}`;
const textMark = (digest: string): string => `text ${digest}`;
