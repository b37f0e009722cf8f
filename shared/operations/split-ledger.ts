import { type LedgerEntry, ledgerEntrySchema } from '../domain/evaluation/splits.ts';
import { readJsonl, writeJsonl } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';

/** A model's ledger of splits is kept in segments, one by whom it was extended: `create`, or a run's id. */
function segmentKey(modelId: string, writer: string): string {
  return `models/${modelId}/splits/${writer}.jsonl`;
}

/** All segments but the writer's own, so that a run started again extends the ledger exactly as it did before. */
export async function readLedger(modelId: string, except: string | null, ports: Ports): Promise<LedgerEntry[]> {
  const own = except === null ? null : segmentKey(modelId, except);
  const keys = (await ports.objects.list(`models/${modelId}/splits/`)).filter((key) => key !== own);
  const segments = await Promise.all(keys.map((key) => readJsonl(ports.objects, key, ledgerEntrySchema)));
  return segments.flat();
}

export async function writeLedgerSegment(
  modelId: string,
  writer: string,
  entries: readonly LedgerEntry[],
  ports: Ports,
): Promise<void> {
  await writeJsonl(ports.objects, segmentKey(modelId, writer), entries);
}
