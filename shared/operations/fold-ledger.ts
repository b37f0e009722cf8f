import { z } from 'zod';
import { RatchetError } from '../domain/base/errors.ts';
import { digest } from '../domain/base/ids.ts';
import { type LedgerEntry, ledgerEntrySchema } from '../domain/evaluation/ledger.ts';
import { type SidedEntry, sidedEntrySchema, upgradeLedger } from '../domain/evaluation/upgrade-ledger.ts';
import { decodeJsonl, encodeJsonl, readJson, readObject, writeJson } from '../ports/documents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Ports } from '../ports/ports.ts';
import { erasedNoteKey, erasedNoteSchema } from './erase/erasure-record.ts';

/**
 * A model's ledger of folds is kept in segments, one by whom it was extended: `create`, or a run's id. The folder is
 * named for the splits that came before folds: segments of then are read from it, and never written again.
 */
function segmentKey(modelId: string, writer: string): string {
  return `models/${modelId}/splits/${writer}.jsonl`;
}

const storedEntrySchema = z.union([ledgerEntrySchema, sidedEntrySchema]);

/**
 * All segments but the writer's own, so that a run started again extends the ledger exactly as it did before. Entries
 * of before there were folds are given folds, the same at every reading.
 * @param salt the model's, which chooses these folds
 * @throws RatchetError `CorruptArtifact` for a segment that is not what was written, or, with key and line, for a line of
 * neither form
 */
export async function readLedger(
  modelId: string,
  salt: string,
  except: string | null,
  ports: Ports,
): Promise<LedgerEntry[]> {
  const own = except === null ? null : segmentKey(modelId, except);
  const segments = await readSegments(modelId, own, ports);
  const ledger: LedgerEntry[] = [];
  const sided: SidedEntry[] = [];
  for (const entry of segments.flat()) {
    if ('side' in entry) sided.push(entry);
    else ledger.push(entry);
  }
  return ledger.concat(upgradeLedger(sided, salt));
}

/** Segments but for one, each held against its digests. */
export async function readSegments(
  modelId: string,
  except: string | null,
  { objects }: Pick<Ports, 'objects'>,
): Promise<readonly (LedgerEntry | SidedEntry)[][]> {
  const keys = await objects.list(`models/${modelId}/splits/`);
  const segments = keys.filter((key) => key.endsWith('.jsonl') && key !== except);
  return Promise.all(
    segments.map(async (key) => {
      const bytes = await readObject(objects, key);
      await checkSegment(key, bytes, objects);
      return decodeJsonl(bytes, storedEntrySchema, key);
    }),
  );
}

/**
 * Holds a segment against the digests noted beside it, by its writer and by erasing; versions before noted none.
 * @throws RatchetError `CorruptArtifact` where it is neither
 */
export async function checkSegment(key: string, bytes: Uint8Array, objects: ObjectStore): Promise<void> {
  const written = await readIfThere(objects, digestsKey(key), digestsSchema);
  if (written === null) return;
  const erased = await readIfThere(objects, erasedNoteKey(key), erasedNoteSchema);
  const known = [...written.digests, ...(erased?.digests ?? [])];
  if (known.includes(digest(bytes))) return;
  throw new RatchetError(
    'CorruptArtifact',
    `${key} does not hold the folds that were written: its digest is not noted.`,
    {
      mend: 'Restore it from a backup of the workspace; ratchet doctor names all that do not match.',
    },
  );
}

/** Writes a writer's segment, in place of the one that it may have written before. */
export async function writeLedgerSegment(
  modelId: string,
  writer: string,
  entries: readonly LedgerEntry[],
  { objects }: Ports,
): Promise<void> {
  const key = segmentKey(modelId, writer);
  const body = encodeJsonl(entries);
  const before = await readIfThere(objects, digestsKey(key), digestsSchema);
  // First, with those of before: it may be broken off in between.
  const digests = [...new Set([...(before?.digests ?? []), digest(body)])];
  await writeJson(objects, digestsKey(key), { schemaVersion: 1, digests } satisfies z.infer<typeof digestsSchema>);
  await objects.put(key, body);
}

/** Of all that the segment beside it was. */
const digestsSchema = z.strictObject({ schemaVersion: z.literal(1), digests: z.array(z.string()) });

function digestsKey(key: string): string {
  return key.replace(/\.jsonl$/, '.digests.json');
}

async function readIfThere<T>(objects: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return await readJson(objects, key, schema);
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'ObjectMissing') return null;
    throw error;
  }
}
