import type { Model } from '../domain/models/model.ts';
import type { Judgement } from '../domain/traces/judgement.ts';
import { readThrough } from '../domain/traces/read-through.ts';
import type { VerdictCounts } from '../domain/traces/verdict-counts.ts';
import { whatCounts } from '../domain/traces/what-counts.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { readingOf } from '../ports/reading-of.ts';
import type { BatchSummary, LoggedTrace } from '../ports/trace-log.ts';
import { type Traffic, trafficOf } from './traffic.ts';

/**
 * A model's traces and what is judged of them, each trace counted once, by the judgement that counts in the labels of
 * today. The traces are read only where the figures of the batches do not tell: of one judged batch that left nothing
 * open they do. Of more than {@link mostCounted} traces the batches' figures are all that is told: a trace that two batches judge
 * counts twice then, and labels are those of its batch.
 */
export async function trafficToday(
  model: Labelled & Pick<Model, 'modelId'>,
  history: readonly BatchSummary[],
  ports: Pick<Ports, 'traceLog' | 'tasks'>,
): Promise<Traffic> {
  const traffic = trafficOf(history);
  if (isToldByBatches(model, history) || isTooMuch(traffic, history)) return traffic;
  const traces = await ports.traceLog.read(model.modelId, { limit: Math.max(1, traffic.traces) });
  return { ...traffic, ...countToday(model, traces, ports) };
}

/** Counts the traces of which a judgement counts today. */
function countToday(model: Labelled, traces: readonly LoggedTrace[], ports: Pick<Ports, 'tasks'>): VerdictCounts {
  return countsOf(traces.map(judgementToday(model, ports)));
}

/** Counts the traces of which a judgement counts in the labels of `after`, and none did in those of `before`. */
export function countLetIn(
  before: Labelled,
  after: Labelled,
  traces: readonly LoggedTrace[],
  ports: Pick<Ports, 'tasks'>,
): VerdictCounts {
  const earlier = judgementToday(before, ports);
  return countToday(
    after,
    traces.filter((logged) => logged.judgements.length > 0 && earlier(logged) === null),
    ports,
  );
}

type Labelled = Pick<Model, 'task' | 'changes'>;

function judgementToday(model: Labelled, ports: Pick<Ports, 'tasks'>): (logged: LoggedTrace) => Judgement | null {
  const kind = kindOf(model, ports);
  const reading = readingOf(model, ports);
  return (logged) => {
    if (logged.judgements.length === 0) return null;
    const found = whatCounts(readThrough(logged, kind, reading), model.task, kind);
    return found.kind === 'counts' ? found.judgement : null;
  };
}

function countsOf(judgements: readonly (Judgement | null)[]): VerdictCounts {
  const counting = judgements.filter((judgement) => judgement !== null);
  return { judged: counting.length, failed: counting.filter(({ verdict }) => verdict === 'fail').length };
}

/** Reading a million traces takes a minute and gigabytes, which a page of figures is not worth. */
const mostCounted = 100_000;

/** Batches of before figures have to be read, however many there are. */
function isTooMuch({ traces }: Traffic, history: readonly BatchSummary[]): boolean {
  return traces > mostCounted && history.every(({ judged, judgements }) => judged !== null || judgements === 0);
}

function isToldByBatches({ changes }: Pick<Model, 'changes'>, history: readonly BatchSummary[]): boolean {
  const judging = history.filter(({ judgements }) => judgements > 0);
  if (judging.length === 0) return true;
  if (judging.length > 1 || changes.some(({ what }) => what === 'labels')) return false;
  // Traces that came later may have brought parked judgements to bear: their batch counts those.
  return judging.every(({ judged }) => judged !== null);
}
