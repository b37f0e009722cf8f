import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Model } from '../../domain/models/model.ts';
import type { JudgedTrace } from '../../domain/review/judge-traces.ts';
import type { Judgement } from '../../domain/traces/judgement.ts';
import { readThrough } from '../../domain/traces/read-through.ts';
import { standingJudgements } from '../../domain/traces/retractions.ts';
import type { Ports } from '../../ports/ports.ts';
import { readingOf } from '../../ports/reading-of.ts';

/** A trace of the log, as it may be judged now. */
export interface LoggedForReview {
  readonly trace: JudgedTrace;
  readonly standing: readonly Judgement[];
}

/** Traces of the log by their ids, in the labels of today; those that are not there are left out. */
export async function readJudged(
  traceIds: readonly string[],
  model: Model,
  kind: TaskKind,
  ports: Pick<Ports, 'traceLog' | 'tasks'>,
): Promise<ReadonlyMap<string, LoggedForReview>> {
  if (traceIds.length === 0) return new Map();
  const reading = readingOf(model, ports);
  const options = { limit: traceIds.length, traceIds, retracted: true };
  const logged = await ports.traceLog.read(model.modelId, options);
  return new Map(
    logged.map((one) => {
      const { judgements } = one;
      const { traceId, input, output } = readThrough(one, kind, reading).trace;
      return [traceId, { trace: { traceId, input, output, judgements }, standing: standingJudgements(judgements) }];
    }),
  );
}
