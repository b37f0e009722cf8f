import { shortDigest } from '../domain/base/ids.ts';
import type { Trace } from '../domain/traces/trace.ts';
import type { IngestResult } from '../intake/ingest-result.ts';
import { ingestTraces } from '../intake/ingest-traces.ts';
import { type GoodLine, joinBatch } from '../intake/trace-batch.ts';
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
 * Moves what a journal holds into the trace log: traces first, then what was judged. It may be broken off anywhere and
 * done again, and by several at a time: what is in the log is not appended again.
 * @param onMoved told by model what each part brought, before the part is removed: broken off, it is told again
 * @returns by model what came
 * @throws RatchetError what the log throws; the journal then still holds what is not settled
 */
export async function settleJournal(
  journal: TraceJournal,
  ports: Ports,
  onMoved: (moved: Settled) => Promise<void> = async () => undefined,
): Promise<readonly Settled[]> {
  const settled = new Map<string, Settled>();
  for (const part of await journal.close()) {
    const entries = await part.read();
    for (const [modelId, own] of Map.groupBy(entries, modelOf)) {
      const traces = own.flatMap((entry) => (entry.kind === 'trace' ? [entry.trace] : []));
      if (traces.length > 0) await append(modelId, traces, ports);
      const records = own.flatMap((entry) => (entry.kind === 'feedback' ? [entry.record] : []));
      const judged = records.length === 0 ? null : await judge(modelId, part.name, records, ports);
      const moved = {
        modelId,
        traces: traces.length,
        judgements: judged?.judgements ?? 0,
        parked: judged?.parked ?? 0,
        held: judged?.held ?? 0,
        refused: judged?.quarantined ?? 0,
      };
      await onMoved(moved);
      settled.set(modelId, sum(settled.get(modelId), moved));
    }
    await part.remove();
  }
  return [...settled.values()];
}

function modelOf(entry: JournalEntry): string {
  return entry.kind === 'trace' ? entry.trace.modelId : entry.modelId;
}

function sum(before: Settled | undefined, more: Settled): Settled {
  if (before === undefined) return more;
  return {
    modelId: more.modelId,
    traces: before.traces + more.traces,
    judgements: before.judgements + more.judgements,
    parked: before.parked + more.parked,
    held: before.held + more.held,
    refused: before.refused + more.refused,
  };
}

/**
 * The batch is named by all that came, so that it is the same whatever was erased meanwhile. What was judged of a trace
 * before it came, by way of another server, counts with it. Where somebody else brings some of the traces meanwhile, or
 * erases them, the batch is put together anew.
 */
async function append(modelId: string, traces: readonly Trace[], ports: Ports): Promise<void> {
  const model = await ports.lineage.getModel(modelId);
  if (model === undefined) throw await unknownModel(modelId, ports);
  const { traceLog } = ports;
  const batchId = shortDigest(...traces.map(({ traceId }) => traceId));
  let left = traces;
  for (;;) {
    const seen = (await traceLog.history(modelId)).at(-1)?.position ?? 0;
    const { traces: kept, verdicts } = await joinBatch(left.map(lineOf), model, kindOf(model, ports), ports);
    if (kept.length === 0) return;
    // Asked last: what was in the log when it was joined, and then was erased, is known here.
    const erased = await traceLog.erasedAmong(
      modelId,
      kept.map(({ traceId }) => traceId),
    );
    left = left.filter(({ traceId }) => !erased.has(traceId));
    if (erased.size > 0) continue;
    if ((await traceLog.append(modelId, batchId, { traces: kept, judgements: [], verdicts, seen })) === 'appended')
      return;
  }
}

function lineOf(trace: Trace, at: number): GoodLine {
  return { traceId: trace.traceId, trace, saidOf: null, judgements: [], file: 'journal', line: at + 1, text: '' };
}

async function judge(modelId: string, name: string, records: readonly object[], ports: Ports): Promise<IngestResult> {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const source = { name: `feedback ${name}`, open: async () => bytesOf(text) };
  return ingestTraces({ modelId, sources: [source], format: 'ratchet' }, ports);
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
