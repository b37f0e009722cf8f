import { RatchetError } from '../../shared/domain/base/errors.ts';
import { digest, idProblem } from '../../shared/domain/base/ids.ts';
import { asOutput, type Output } from '../../shared/domain/base/output.ts';
import type { Judgement } from '../../shared/domain/traces/judgement.ts';
import { standingJudgements } from '../../shared/domain/traces/retractions.ts';
import type { Trace } from '../../shared/domain/traces/trace.ts';
import { countsAfterErasure, countVerdicts, type VerdictCounts } from '../../shared/domain/traces/verdict-counts.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type {
  Appended,
  BatchSummary,
  ErasedFromLog,
  LoggedTrace,
  ReadOptions,
  TraceBatch,
  TraceLog,
} from '../../shared/ports/trace-log.ts';

interface StoredBatch {
  readonly batchId: string;
  readonly appendedAt: number;
  readonly traces: readonly Trace[];
  readonly judgements: readonly Judgement[];
  readonly verdicts: VerdictCounts;
  readonly takesBack: string | null;
}

/** A {@link TraceLog} in memory. */
export class MemoryTraceLog implements TraceLog {
  readonly #clock: Clock;
  readonly #batches = new Map<string, StoredBatch[]>();
  readonly #erased = new Map<string, Set<string>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async append(modelId: string, batchId: string, batch: TraceBatch): Promise<Appended> {
    const problem = idProblem(modelId) ?? idProblem(batchId);
    if (problem !== null) throw new RatchetError('InvalidInput', `${modelId}, ${batchId}: ${problem}`);
    const stranger = batch.traces.find((trace) => trace.modelId !== modelId);
    if (stranger !== undefined)
      throw new RatchetError('InvalidInput', `Trace ${stranger.traceId} belongs to another model.`);
    const batches = this.#batches.get(modelId) ?? [];
    if (batches.some((stored) => stored.batchId === batchId)) return 'appended';
    const ids = new Set(idsOf(batch));
    if (batch.seen !== undefined && batches.slice(batch.seen).some((later) => idsOf(later).some((id) => ids.has(id))))
      return 'overtaken';
    batches.push({
      batchId,
      appendedAt: this.#clock.now(),
      traces: batch.traces.map(storedTrace),
      judgements: batch.judgements.map(storedJudgement),
      verdicts: batch.verdicts ?? countVerdicts(batch.judgements),
      takesBack: batch.takesBack ?? null,
    });
    this.#batches.set(modelId, batches);
    return 'appended';
  }

  async knownTraces(
    modelId: string,
    traceIds: readonly string[],
  ): Promise<ReadonlyMap<string, { inputDigest: string }>> {
    const first = firstById(this.#list(modelId).flatMap((batch) => batch.traces));
    return new Map(
      traceIds.flatMap((traceId) => {
        const trace = first.get(traceId.toWellFormed());
        return trace === undefined ? [] : [[traceId, { inputDigest: digest(trace.input) }] as const];
      }),
    );
  }

  async judgementsOf(modelId: string, traceIds: readonly string[]): Promise<ReadonlyMap<string, readonly Judgement[]>> {
    const byTrace = Map.groupBy(
      this.#list(modelId).flatMap((batch) => batch.judgements),
      (judgement) => judgement.traceId,
    );
    return new Map(
      traceIds.flatMap((traceId) => {
        const found = byTrace.get(traceId.toWellFormed());
        return found === undefined ? [] : [[traceId, structuredClone(uniqueJudgements(found))] as const];
      }),
    );
  }

  async read(modelId: string, options: ReadOptions): Promise<readonly LoggedTrace[]> {
    const standing = options.retracted === true ? (all: readonly Judgement[]) => all : standingJudgements<Judgement>;
    const { through = Infinity, humanJudgedAfter: judgedAfter = null } = options;
    const after = options.after ?? 0;
    const wanted = options.traceIds && new Set(options.traceIds.map((traceId) => traceId.toWellFormed()));
    const batches = this.#list(modelId).slice(0, Math.max(0, through));
    const recent = new Set(batches.slice(after).flatMap((batch) => batch.traces));
    const ranks = ranksOf(batches);
    const judgements = Map.groupBy(
      batches.flatMap((batch) => batch.judgements),
      (judgement) => judgement.traceId,
    );
    return [...firstById(batches.flatMap((batch) => batch.traces)).values()]
      .filter((trace) => recent.has(trace) && (wanted?.has(trace.traceId) ?? true))
      .filter((trace) => judgedAfter === null || humanlyJudged(trace.traceId, batches, judgedAfter))
      .sort((a, b) => newestFirst(ranks, a, b))
      .slice(0, Math.max(0, options.limit))
      .map((trace) => ({
        trace: structuredClone(trace),
        judgements: structuredClone(standing(uniqueJudgements(judgements.get(trace.traceId) ?? []))),
      }));
  }

  async erase(modelId: string, traceIds: readonly string[]): Promise<ErasedFromLog> {
    const erased = this.#erased.get(modelId) ?? new Set();
    for (const traceId of traceIds) erased.add(traceId.toWellFormed());
    this.#erased.set(modelId, erased);
    const before = this.#list(modelId);
    const after = before.map((batch) => {
      const traces = batch.traces.filter(({ traceId }) => !erased.has(traceId));
      const judgements = batch.judgements.filter(({ traceId }) => !erased.has(traceId));
      const isSame = traces.length === batch.traces.length && judgements.length === batch.judgements.length;
      return isSame
        ? batch
        : { ...batch, traces, judgements, verdicts: countsAfterErasure(batch.verdicts, judgements) };
    });
    this.#batches.set(modelId, after);
    const gone = (count: (batch: StoredBatch) => number) =>
      before.reduce((sum, batch) => sum + count(batch), 0) - after.reduce((sum, batch) => sum + count(batch), 0);
    return {
      traces: gone(({ traces }) => traces.length),
      judgements: gone(({ judgements }) => judgements.length),
      keys: [],
    };
  }

  async erasedAmong(modelId: string, traceIds: readonly string[]): Promise<ReadonlySet<string>> {
    const erased = this.#erased.get(modelId);
    return new Set(traceIds.filter((traceId) => erased?.has(traceId.toWellFormed())));
  }

  async history(modelId: string, { after }: { readonly after?: number | null } = {}): Promise<readonly BatchSummary[]> {
    const takenBack = new Set(this.#list(modelId).map(({ takesBack }) => takesBack));
    return this.#list(modelId)
      .map(({ batchId, appendedAt, traces, judgements, verdicts }, index) => ({
        position: index + 1,
        batchId,
        appendedAt: new Date(appendedAt).toISOString(),
        traces: traces.length,
        judgements: judgements.length,
        corrected: 0,
        ...(takenBack.has(batchId) ? { judged: 0, failed: 0, corrected: 0 } : verdicts),
      }))
      .slice(after ?? 0);
  }

  async version(modelId: string): Promise<string> {
    const erased = [...(this.#erased.get(modelId) ?? [])];
    return digest(...this.#list(modelId).map((batch) => batch.batchId), ...erased);
  }

  #list(modelId: string): readonly StoredBatch[] {
    return this.#batches.get(modelId) ?? [];
  }
}

function idsOf({ traces, judgements }: Pick<TraceBatch, 'traces' | 'judgements'>): readonly string[] {
  return [...traces, ...judgements].map(({ traceId }) => traceId.toWellFormed());
}

function storedTrace(trace: Trace): Trace {
  return {
    ...structuredClone(trace),
    traceId: trace.traceId.toWellFormed(),
    input: trace.input.toWellFormed(),
    output: trace.output === null ? null : storedOutput(trace.output),
  };
}

function storedOutput(output: Output): Output {
  const value: unknown = output;
  return asOutput(typeof value === 'string' ? value.toWellFormed() : structuredClone(output));
}

function storedJudgement(judgement: Judgement): Judgement {
  const { judge, expected } = judgement;
  return {
    ...judgement,
    traceId: judgement.traceId.toWellFormed(),
    ...(expected !== undefined && { expected: storedOutput(expected) }),
    judge: { ...judge, id: judge.id.toWellFormed(), reason: judge.reason.toWellFormed() },
  };
}

/** Whether a human judgement of the trace arrived first in a batch appended after that time. */
function humanlyJudged(traceId: string, batches: readonly StoredBatch[], after: number): boolean {
  const seen = new Set<string>();
  return batches.some(({ judgements }, index) =>
    judgements.some((judgement) => {
      if (judgement.traceId !== traceId || seen.has(judgement.judgementId)) return false;
      seen.add(judgement.judgementId);
      return index >= after && judgement.judge.kind === 'human';
    }),
  );
}

function firstById(traces: readonly Trace[]): ReadonlyMap<string, Trace> {
  return new Map(traces.toReversed().map((trace) => [trace.traceId, trace]));
}

function uniqueJudgements(judgements: readonly Judgement[]): readonly Judgement[] {
  const seen = new Set<string>();
  return judgements.filter((judgement) => !seen.has(judgement.judgementId) && seen.add(judgement.judgementId));
}

interface Rank {
  readonly time: number;
  readonly position: number;
}

/** What traces are ordered by: no time is later than the arrival of a batch that came after. */
function ranksOf(batches: readonly StoredBatch[]): ReadonlyMap<Trace, Rank> {
  const ranks = new Map<Trace, Rank>();
  let latest = Infinity;
  for (const [position, { appendedAt, traces }] of [...batches.entries()].reverse()) {
    if (appendedAt >= Date.UTC(2000)) latest = Math.min(latest, appendedAt);
    for (const trace of traces) {
      const time = Date.parse(trace.timestamp);
      const isPossible = time <= latest + 2 * 86_400_000 && time >= Date.UTC(2000);
      ranks.set(trace, isPossible ? { time, position: Number.MAX_SAFE_INTEGER } : { time: latest, position });
    }
  }
  return ranks;
}

function newestFirst(ranks: ReadonlyMap<Trace, Rank>, a: Trace, b: Trace): number {
  const [one, other] = [ranks.get(a), ranks.get(b)];
  if (one === undefined || other === undefined) throw new Error('a trace of no batch');
  return (
    other.time - one.time ||
    other.position - one.position ||
    Date.parse(b.timestamp) - Date.parse(a.timestamp) ||
    Buffer.compare(Buffer.from(a.traceId), Buffer.from(b.traceId))
  );
}
