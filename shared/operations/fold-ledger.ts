import { z } from 'zod';
import { RatchetError } from '../domain/base/errors.ts';
import { digest } from '../domain/base/ids.ts';
import { compareText } from '../domain/base/text.ts';
import { type LedgerEntry, ledgerEntrySchema } from '../domain/evaluation/ledger.ts';
import { type SidedEntry, sidedEntrySchema, upgradeLedger } from '../domain/evaluation/upgrade-ledger.ts';
import type { Run } from '../domain/models/run.ts';
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

/** Who wrote the segment of the first examples. */
const firstWriter = 'create';

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

/**
 * Segments but for one, each held against its digests.
 * @throws RatchetError `ObjectMissing` for one that is on record and not there, `CorruptArtifact`
 */
export async function readSegments(
  modelId: string,
  except: string | null,
  { objects, lineage }: LedgerPorts,
): Promise<readonly (LedgerEntry | SidedEntry)[][]> {
  const onRecord = await foldsOnRecord(modelId, lineage);
  const there = (await objects.list(`models/${modelId}/splits/`)).filter((key) => key.endsWith('.jsonl'));
  const keys = [...new Set([...there, ...onRecord.keys()])].filter((key) => key !== except).sort(compareText);
  return Promise.all(
    keys.map(async (key) => {
      const bytes = await readObject(objects, key);
      await checkAgainst(onRecord, key, bytes, objects);
      return decodeJsonl(bytes, storedEntrySchema, key);
    }),
  );
}

/** What the ledger is read from and held against. */
type LedgerPorts = Pick<Ports, 'objects' | 'lineage'>;

/** Digests of segments by key, as the records say that outlive what lies beside them; earlier versions kept none. */
async function foldsOnRecord(
  modelId: string,
  lineage: Ports['lineage'],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const [control, runs] = await Promise.all([lineage.getControl(modelId), lineage.listRuns(modelId)]);
  const first = (control?.moves ?? []).flatMap(({ kind, folds }) =>
    kind === 'create' && folds !== undefined ? [folds] : [],
  );
  return new Map([
    ...(first.length === 0 ? [] : [[segmentKey(modelId, firstWriter), first] as const]),
    ...runs.flatMap(({ runId, folds }) => (folds === undefined ? [] : [[segmentKey(modelId, runId), folds] as const])),
  ]);
}

/**
 * Holds a segment against the digests on record, or else those noted beside it by its writer, and those noted by erasing;
 * versions before kept neither.
 * @throws RatchetError `CorruptArtifact` where it has none of them
 */
export async function checkSegment(key: string, bytes: Uint8Array, { objects, lineage }: LedgerPorts): Promise<void> {
  const [, modelId = ''] = key.split('/');
  await checkAgainst(await foldsOnRecord(modelId, lineage), key, bytes, objects);
}

async function checkAgainst(
  onRecord: ReadonlyMap<string, readonly string[]>,
  key: string,
  bytes: Uint8Array,
  objects: ObjectStore,
): Promise<void> {
  const recorded = onRecord.get(key);
  const written = recorded ?? (await readIfThere(objects, digestsKey(key), digestsSchema))?.digests;
  if (written === undefined) return;
  const erased = (await readIfThere(objects, erasedNoteKey(key), erasedNoteSchema))?.digests ?? [];
  // A note of erasing goes on from what is on record; versions that kept no record noted only what came of it.
  const goesOn = recorded === undefined || erased.slice(0, 1).some((first) => recorded.includes(first));
  if ([...written, ...(goesOn ? erased : [])].includes(digest(bytes))) return;
  throw new RatchetError(
    'CorruptArtifact',
    `${key} does not hold the folds that were written: its digest is not noted.`,
    {
      mend: 'Restore it from a backup of the workspace; ratchet doctor names all that do not match.',
    },
  );
}

/** Writes the first segment. @returns its digest, to be kept with the move that makes the first champion */
export async function writeFirstFolds(modelId: string, entries: readonly LedgerEntry[], ports: Ports): Promise<string> {
  await writeLedgerSegment(modelId, firstWriter, entries, ports);
  return digest(encodeJsonl(entries));
}

/**
 * Writes a run's segment, in place of the one that it may have written before, and keeps its digest in the run's record.
 * @throws RatchetError UnknownRun
 */
export async function writeRunFolds(
  modelId: string,
  runId: string,
  entries: readonly LedgerEntry[],
  ports: Ports,
): Promise<void> {
  const found = digest(encodeJsonl(entries));
  const onRecord = async (): Promise<Run> => {
    const run = await ports.lineage.getRun(runId);
    if (run === undefined) throw new RatchetError('UnknownRun', `There is no record of run ${runId}.`);
    return run;
  };
  const keep = async (run: Run): Promise<void> => {
    if (run.folds?.includes(found) !== true)
      await ports.lineage.putRun({ ...run, folds: [...(run.folds ?? []), found] });
  };
  // What is on record must be there, and what is there on record: where there is a record, it goes first.
  const before = await onRecord();
  if (before.folds !== undefined) await keep(before);
  await writeLedgerSegment(modelId, runId, entries, ports);
  if (before.folds === undefined) await keep(await onRecord());
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
