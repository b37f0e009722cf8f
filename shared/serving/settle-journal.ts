import { shortDigest } from '../domain/base/ids.ts';
import type { Trace } from '../domain/traces/trace.ts';
import type { IngestResult } from '../intake/ingest-result.ts';
import { ingestTraces } from '../intake/ingest-traces.ts';
import { joinBatch } from '../intake/trace-batch.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import type { JournalEntry, TraceJournal } from '../ports/trace-journal.ts';
import { unknownModel } from '../ports/unknown-model.ts';

/** Of one model, what came one after the other. */
export interface Settled {
  readonly modelId: string;
  readonly traces: number;
  readonly judgements: number;
  /** Of the judgements, those of traces that are not here yet, and those that name what the model does not know. */
  readonly parked: number;
  readonly held: number;
  /** Judgements that cannot be of their trace: in quarantine, with the reason. */
  readonly refused: number;
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
      const before = settled.get(modelId) ?? { modelId, traces: 0, judgements: 0, parked: 0, held: 0, refused: 0 };
      const traces = own.flatMap((entry) => (entry.kind === 'trace' ? [entry.trace] : []));
      if (traces.length > 0) await append(modelId, traces, ports);
      const records = own.flatMap((entry) => (entry.kind === 'feedback' ? [entry.record] : []));
      const judged = records.length === 0 ? null : await judge(modelId, part.name, records, ports);
      settled.set(modelId, {
        modelId,
        traces: before.traces + traces.length,
        judgements: before.judgements + (judged?.judgements ?? 0),
        parked: before.parked + (judged?.parked ?? 0),
        held: before.held + (judged?.held ?? 0),
        refused: before.refused + (judged?.quarantined ?? 0),
      });
    }
    await part.remove();
  }
  return [...settled.values()];
}

function modelOf(entry: JournalEntry): string {
  return entry.kind === 'trace' ? entry.trace.modelId : entry.modelId;
}

/**
 * The batch is named by all that came, so that it is the same whatever was erased meanwhile. What was judged of a trace
 * before it came, by way of another server, counts with it.
 */
async function append(modelId: string, traces: readonly Trace[], ports: Ports): Promise<void> {
  const model = await ports.lineage.getModel(modelId);
  if (model === undefined) throw await unknownModel(modelId, ports);
  const traceIds = traces.map(({ traceId }) => traceId);
  const erased = await ports.traceLog.erasedAmong(modelId, traceIds);
  const lines = traces
    .filter(({ traceId }) => !erased.has(traceId))
    .map((trace, at) => ({
      ...{ traceId: trace.traceId, trace, saidOf: null, judgements: [] },
      ...{ file: 'journal', line: at + 1, text: '' },
    }));
  const { traces: kept, verdicts } = await joinBatch(lines, model, kindOf(model, ports), ports);
  if (kept.length === 0) return;
  await ports.traceLog.append(modelId, shortDigest(...traceIds), { traces: kept, judgements: [], verdicts });
}

async function judge(modelId: string, name: string, records: readonly object[], ports: Ports): Promise<IngestResult> {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const source = { name: `feedback ${name}`, open: async () => bytesOf(text) };
  return ingestTraces({ modelId, sources: [source], format: 'ratchet' }, ports);
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
