import { shortDigest } from '../domain/base/ids.ts';
import type { Trace } from '../domain/traces/trace.ts';
import { ingestTraces } from '../intake/ingest-traces.ts';
import type { Ports } from '../ports/ports.ts';
import type { JournalEntry, TraceJournal } from '../ports/trace-journal.ts';

/** Of one model, what came one after the other. */
interface Settled {
  readonly modelId: string;
  readonly traces: number;
  readonly judgements: number;
}

/**
 * Moves what a journal holds into the trace log: traces first, then what was judged. Broken off anywhere it may be done
 * again, since equal batches are appended once. Never twice at a time.
 * @returns by model what came
 * @throws RatchetError what the log throws; the journal then still holds what is not settled
 */
export async function settleJournal(journal: TraceJournal, ports: Ports): Promise<readonly Settled[]> {
  const settled = new Map<string, Settled>();
  for (const part of await journal.close()) {
    const entries = await part.read();
    for (const [modelId, own] of Map.groupBy(entries, modelOf)) {
      const before = settled.get(modelId) ?? { modelId, traces: 0, judgements: 0 };
      const traces = own.flatMap((entry) => (entry.kind === 'trace' ? [entry.trace] : []));
      if (traces.length > 0) await append(modelId, traces, ports);
      const records = own.flatMap((entry) => (entry.kind === 'feedback' ? [entry.record] : []));
      const judgements = records.length === 0 ? 0 : await judge(modelId, part.name, records, ports);
      settled.set(modelId, {
        modelId,
        traces: before.traces + traces.length,
        judgements: before.judgements + judgements,
      });
    }
    await part.remove();
  }
  return [...settled.values()];
}

function modelOf(entry: JournalEntry): string {
  return entry.kind === 'trace' ? entry.trace.modelId : entry.modelId;
}

/** The batch is named by all that came, so that it is the same whatever was erased meanwhile. */
async function append(modelId: string, traces: readonly Trace[], ports: Ports): Promise<void> {
  const traceIds = traces.map(({ traceId }) => traceId);
  const erased = await ports.traceLog.erasedAmong(modelId, traceIds);
  const kept = traces.filter(({ traceId }) => !erased.has(traceId));
  if (kept.length === 0) return;
  await ports.traceLog.append(modelId, shortDigest(...traceIds), { traces: kept, judgements: [] });
}

async function judge(modelId: string, name: string, records: readonly object[], ports: Ports): Promise<number> {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const source = { name: `feedback ${name}`, open: async () => bytesOf(text) };
  const { judgements } = await ingestTraces({ modelId, sources: [source] }, ports);
  return judgements;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
