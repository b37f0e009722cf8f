import { z } from 'zod';
import { type LedgerEntry, ledgerEntrySchema } from '../domain/evaluation/ledger.ts';
import { type SidedEntry, sidedEntrySchema, upgradeLedger } from '../domain/evaluation/upgrade-ledger.ts';
import { readJsonl, writeJsonl } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';

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
 * @throws RatchetError `CorruptArtifact` with key and line, for a line of neither form
 */
export async function readLedger(
  modelId: string,
  salt: string,
  except: string | null,
  ports: Ports,
): Promise<LedgerEntry[]> {
  const own = except === null ? null : segmentKey(modelId, except);
  const keys = (await ports.objects.list(`models/${modelId}/splits/`)).filter((key) => key !== own);
  const segments = await Promise.all(keys.map((key) => readJsonl(ports.objects, key, storedEntrySchema)));
  const ledger: LedgerEntry[] = [];
  const sided: SidedEntry[] = [];
  for (const entry of segments.flat()) {
    if ('side' in entry) sided.push(entry);
    else ledger.push(entry);
  }
  return ledger.concat(upgradeLedger(sided, salt));
}

/** Writes a writer's segment, in place of the one that it may have written before. */
export async function writeLedgerSegment(
  modelId: string,
  writer: string,
  entries: readonly LedgerEntry[],
  ports: Ports,
): Promise<void> {
  await writeJsonl(ports.objects, segmentKey(modelId, writer), entries);
}
