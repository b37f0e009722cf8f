import { setImmediate as turn } from 'node:timers/promises';
import type { LabelReading } from '../../domain/base/label-change.ts';
import { mapInSteps, type Steps } from '../../domain/base/steps.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Model } from '../../domain/models/model.ts';
import type { ReviewItem, RunView } from '../../domain/review/review-item.ts';
import { type QueueCard, queueOf } from '../../domain/review/review-queue.ts';
import type { Reviewed } from '../../domain/review/reviewed.ts';
import { nearDuplicateGroupsInSteps } from '../../domain/similarity/near-duplicates.ts';
import { readThrough } from '../../domain/traces/read-through.ts';
import { margin, type TriagedRecord } from '../../domain/traces/trace-record.ts';
import { whatCounts } from '../../domain/traces/what-counts.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { readingOf } from '../../ports/reading-of.ts';
import type { LoggedTrace } from '../../ports/trace-log.ts';
import { tellingTraces } from '../telling-traces.ts';

/** What the last run found of the traffic. */
export interface RunFindings {
  /** Names the run: equal as long as the records are the same. */
  readonly runId: string;
  /** Its triaged records, in the labels of today. */
  records(): Promise<readonly TriagedRecord[]>;
}

/** What a queue is made of, as it was when it was put together; what reviewers did is no part of it. */
export interface ReviewMaterial {
  readonly model: Model;
  readonly kind: TaskKind;
  /** Null where the labels were never changed. */
  readonly reading: LabelReading | null;
  readonly items: ReadonlyMap<string, ReviewItem>;
  readonly cards: readonly QueueCard[];
}

/** Reads the traffic that a run would look at, and puts the queue together. Others get their turn between the steps of it. */
export async function gatherMaterial(
  model: Model,
  findings: RunFindings | null,
  reviewed: Reviewed,
  ports: Pick<Ports, 'traceLog' | 'tasks' | 'lineage' | 'objects'>,
): Promise<ReviewMaterial> {
  const [kind, reading] = [kindOf(model, ports), readingOf(model, ports)];
  const logged = await ports.traceLog.read(model.modelId, { limit: model.settings.snapshotLimit });
  const runs = new Map((await findings?.records())?.map((record) => [record.traceId, viewOf(record)]));
  const drift = await tellingTraces(model, ports);
  await turn();
  const groups = await inTurns(nearDuplicateGroupsInSteps(logged.map(({ trace }) => trace.input)));
  const toItem = (one: LoggedTrace, at: number): ReviewItem => {
    const others = one.judgements.filter(({ judgementId }) => !reviewed.made(judgementId));
    const read = readThrough({ trace: one.trace, judgements: others }, kind, reading);
    const { traceId, input, output, timestamp, confidence = null } = read.trace;
    return {
      ...{ traceId, input, output, confidence, at: timestamp, group: groups[at] ?? at, judgements: read.judgements },
      counts: whatCounts(read, model.task, kind),
      run: runs.get(traceId) ?? null,
      ...drift(traceId),
    };
  };
  const items = await inTurns(mapInSteps(logged, toItem));
  return {
    model,
    kind,
    reading,
    items: new Map(items.map((item) => [item.traceId, item])),
    cards: await inTurns(queueOf(items, kind, model.splitSalt)),
  };
}

/** Others get their turn after each step. */
async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await turn();
  }
}

function viewOf(record: TriagedRecord): RunView {
  const { triage, answer, confidence, runnerUp } = record;
  const isSuspect = triage.category === 'suspect-judgement';
  return {
    answer,
    confidence,
    margin: runnerUp === null ? null : margin(record),
    suspect: isSuspect ? { reason: triage.reason, probability: triage.suspect?.probability ?? 1 } : null,
    isPoison: triage.category === 'poison',
  };
}
