import type { Output } from '../domain/base/output.ts';
import { mcNemarOneSided, wilsonInterval } from '../domain/base/statistics.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import { compareText } from '../domain/base/text.ts';
import type { Interval } from '../domain/base/wilson.ts';
import type { Crossed } from '../domain/evaluation/watch.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Model } from '../domain/models/model.ts';
import { nearDuplicateGroups, nearDuplicatesOf } from '../domain/similarity/near-duplicates.ts';
import { judgeRecord } from '../domain/traces/judging.ts';
import { readThrough } from '../domain/traces/read-through.ts';
import { whatCounts } from '../domain/traces/what-counts.ts';
import { type AnswersToday, answersToday, answerToday } from '../ports/answer-today.ts';
import { costsToAsk } from '../ports/back-ends.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { readingOf } from '../ports/reading-of.ts';
import type { LoggedTrace } from '../ports/trace-log.ts';
import { readDataset } from './stored-records.ts';

export type ComparisonPorts = Pick<Ports, 'traceLog' | 'lineage' | 'objects' | 'predictors' | 'tasks'>;

/** So many independent traces are needed to say anything. */
export const enoughToCompare = 20;

/** A rate with its 95 % Wilson interval. */
export interface RightOf extends Interval {
  readonly right: number;
  readonly of: number;
}

/** How the champion and its predecessor do on judged traces that neither has seen, and that no choice has touched. */
export interface SincePromotion {
  /** Traces that came since, judged or not. */
  readonly traces: number;
  /** Judged traces that came since. */
  readonly judged: number;
  /** Those left out: near-duplicates of earlier traces or of what either trained. */
  readonly nearEarlier: number;
  /** Those left out: of which nobody knows whether the answer of both is right. */
  readonly undecided: number;
  /**
   * Those left out: an endpoint's answer to them is not on record, and it is not asked, since that may cost something.
   * Absent where neither is at an endpoint.
   */
  readonly notAsked?: number;
  /** Those left out: near-duplicates of another one that counts. */
  readonly repeated: number;
  readonly champion: RightOf;
  readonly predecessor: RightOf | null;
  /** Traces that only the champion, or only its predecessor, has right. */
  readonly gained: number;
  readonly lost: number;
  /** The same of traces that one of the two answered by lot, by who did; absent where none were. */
  readonly crossed?: Crossed;
  /** Of the exact one-sided McNemar test that the champion is better, and that it is worse; null without predecessor. */
  readonly better: number | null;
  readonly worse: number | null;
}

export interface ComparisonRequest {
  readonly model: Model;
  readonly champion: Checkpoint;
  /** Null for none. */
  readonly predecessor: Checkpoint | null;
  /** Position of the log after which neither has seen it; null where they have seen no traffic at all. */
  readonly since: number | null;
  /** When the champion was promoted, ISO 8601, since when it is decided by lot which of the two answers; absent where it is not. */
  readonly byLotSince?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Compares by the models as they are served; one whose answers may cost something is not asked, and compared by its
 * answers on record. Near-duplicates count once, and not at all where they are near what came
 * earlier. No triage: all that is judged counts.
 */
export async function compareSince(request: ComparisonRequest, ports: ComparisonPorts): Promise<SincePromotion> {
  const { model, predecessor, since } = request;
  const limit = model.settings.snapshotLimit;
  const reading = readingOf(model, ports);
  const kind = kindOf(model, ports);
  const logged = (await ports.traceLog.read(model.modelId, { limit, after: since })).map((one) =>
    readThrough(one, kind, reading),
  );
  const judged = logged.filter(({ judgements }) => judgements.length > 0).sort(oldestFirst);
  const fresh = await withoutNearEarlier(judged, request, ports);
  const both = await verdicts(fresh, request, ports);
  const notAsked = both.filter((pair) => pair.notAsked).length;
  const decided = both.filter(({ champion, predecessor: other }) => champion !== null && other !== null);
  const groups = nearDuplicateGroups(decided.map(({ logged: { trace } }) => trace.input));
  // The oldest of each group: a later entry of a map takes the place of an earlier one.
  const counted = [...new Map(decided.map((pair, at) => [groups[at], pair] as const).reverse()).values()];
  const gained = counted.filter((pair) => pair.champion === true && pair.predecessor === false).length;
  const lost = counted.filter((pair) => pair.champion === false && pair.predecessor === true).length;
  return {
    traces: logged.length,
    judged: judged.length,
    nearEarlier: judged.length - fresh.length,
    undecided: fresh.length - decided.length - notAsked,
    ...([request.champion, predecessor].some((one) => one !== null && costsToAsk(one, ports)) ? { notAsked } : {}),
    repeated: decided.length - counted.length,
    champion: rate(counted.map((pair) => pair.champion)),
    predecessor: predecessor === null ? null : rate(counted.map((pair) => pair.predecessor)),
    gained: predecessor === null ? 0 : gained,
    lost: predecessor === null ? 0 : lost,
    ...(predecessor === null || request.byLotSince === undefined
      ? {}
      : {
          crossed: crossedOf(counted, {
            ...request,
            predecessor,
            since: lotSince({ at: request.byLotSince, to: request.champion.checkpointId }, logged),
          }),
        }),
    better: predecessor === null ? null : mcNemarOneSided(gained, lost),
    worse: predecessor === null ? null : mcNemarOneSided(lost, gained),
  };
}

/**
 * Since when it is decided by lot which of two answers, milliseconds since the epoch: since the promotion. Where answers of
 * the new champion are of before it, the clock stood ahead at the promotion, or has stood behind since: then its first answer tells.
 */
export function lotSince(
  promotion: { readonly at: string; readonly to: string },
  logged: readonly Pick<LoggedTrace, 'trace'>[],
): number {
  return logged.reduce(
    (first, { trace }) => (trace.checkpointId === promotion.to ? Math.min(first, Date.parse(trace.timestamp)) : first),
    Date.parse(promotion.at),
  );
}

function crossedOf(
  counted: readonly Verdicts[],
  by: { readonly champion: Checkpoint; readonly predecessor: Checkpoint; readonly since: number },
): Crossed {
  const changesOf = ({ checkpointId }: Checkpoint) => {
    const own = counted.filter(
      ({ logged: { trace } }) => trace.checkpointId === checkpointId && Date.parse(trace.timestamp) >= by.since,
    );
    return {
      against: own.filter((pair) => pair.champion === false && pair.predecessor === true).length,
      inFavour: own.filter((pair) => pair.champion === true && pair.predecessor === false).length,
    };
  };
  return { champion: changesOf(by.champion), predecessor: changesOf(by.predecessor) };
}

/** How many more independent judged traces are needed to say anything. */
export function missingToCompare({ champion }: SincePromotion): number {
  return Math.max(0, enoughToCompare - champion.of);
}

export function oldestFirst(a: LoggedTrace, b: LoggedTrace): number {
  return Date.parse(a.trace.timestamp) - Date.parse(b.trace.timestamp) || compareText(a.trace.traceId, b.trace.traceId);
}

/** The traces that are no near-duplicate of an earlier trace, nor of an example that either model was trained on. */
async function withoutNearEarlier(
  judged: readonly LoggedTrace[],
  { model, champion, predecessor, since }: ComparisonRequest,
  ports: ComparisonPorts,
): Promise<readonly LoggedTrace[]> {
  const { traceLog, lineage } = ports;
  if (judged.length === 0) return [];
  const earlier =
    since === null ? [] : await traceLog.read(model.modelId, { limit: model.settings.snapshotLimit, through: since });
  const datasetIds = new Set([champion, predecessor].flatMap((checkpoint) => checkpoint?.datasetId ?? []));
  const examples = await Promise.all(
    [...datasetIds].map(async (datasetId) => {
      const dataset = await lineage.getDataset(model.modelId, datasetId);
      return dataset === undefined ? [] : readDataset(dataset, ports);
    }),
  );
  const seen = new Set([...earlier.map(({ trace }) => trace.input), ...examples.flat().map(({ input }) => input)]);
  const near = nearDuplicatesOf(
    judged.map(({ trace }) => trace.input),
    [...seen],
    'any',
  );
  const known = new Set(near.map(({ index }) => index));
  return judged.filter((_, index) => !known.has(index));
}

interface Verdicts {
  readonly logged: LoggedTrace;
  /** Whether its answer is right; null where nobody knows. Without a predecessor that one counts as the champion. */
  readonly champion: boolean | null;
  readonly predecessor: boolean | null;
  /** Whether the answer of either would have to be paid for. */
  readonly notAsked: boolean;
}

/** One verdict a trace; undefined where the answer would have to be paid for. */
type Verdict = boolean | null | undefined;

async function verdicts(
  fresh: readonly LoggedTrace[],
  { model, champion, predecessor, onProgress }: ComparisonRequest,
  ports: ComparisonPorts,
): Promise<readonly Verdicts[]> {
  const total = fresh.length * (predecessor === null ? 1 : 2);
  const ofChampion = ({ checkpointId }: LoggedTrace['trace']) =>
    checkpointId === undefined || checkpointId === champion.checkpointId;
  const now = await verdictsOf(champion, { fresh, model, isOwn: ofChampion }, ports, (done) =>
    onProgress?.(done, total),
  );
  const ofPredecessor = ({ checkpointId }: LoggedTrace['trace']) => checkpointId === predecessor?.checkpointId;
  const before =
    predecessor === null
      ? now
      : await verdictsOf(predecessor, { fresh, model, isOwn: ofPredecessor }, ports, (done) =>
          onProgress?.(fresh.length + done, total),
        );
  return fresh.map((logged, index) => ({
    logged,
    champion: now[index] ?? null,
    predecessor: before[index] ?? null,
    notAsked: now[index] === undefined || before[index] === undefined,
  }));
}

/** @param traffic.isOwn whether what is on record of a trace is this checkpoint's answer */
async function verdictsOf(
  checkpoint: Checkpoint,
  {
    fresh,
    model,
    isOwn,
  }: {
    readonly fresh: readonly LoggedTrace[];
    readonly model: Model;
    readonly isOwn: (trace: LoggedTrace['trace']) => boolean;
  },
  ports: ComparisonPorts,
  onProgress: (done: number) => void,
): Promise<readonly Verdict[]> {
  const kind = kindOf(model, ports);
  if (costsToAsk(checkpoint, ports)) {
    return fresh.map((logged) => {
      const { trace } = logged;
      return isOwn(trace) && trace.output !== null ? isRight(logged, trace.output, model.task, kind) : undefined;
    });
  }
  const inputs = fresh.map(({ trace }) => trace.input);
  const answers = await answersOf(checkpoint, answersToday(checkpoint, model, ports), inputs, ports, onProgress);
  return fresh.map((logged, index) => isRight(logged, answers[index] ?? null, model.task, kind));
}

/** Inputs that are answered together. */
const batch = 512;

async function answersOf(
  checkpoint: Checkpoint,
  today: AnswersToday | null,
  inputs: readonly string[],
  ports: ComparisonPorts,
  onProgress: (done: number) => void,
): Promise<readonly (Output | null)[]> {
  const answers: (Output | null)[] = [];
  while (answers.length < inputs.length) {
    const part = inputs.slice(answers.length, answers.length + batch);
    const predictions = await answerToday(checkpoint, today, part, ports);
    answers.push(...part.map((_, index) => predictions[index]?.output ?? null));
    onProgress(answers.length);
  }
  return answers;
}

/** Whether an answer is right by what is judged of the trace, as a run would judge it; null where nobody knows. */
export function isRight(logged: LoggedTrace, answer: Output | null, task: TaskSpec, kind: TaskKind): boolean | null {
  const { trace } = logged;
  const found = whatCounts(logged, task, kind);
  if (found.kind !== 'counts') return null;
  const { judgement } = found;
  const { verdict } = judgeRecord(
    {
      traceId: trace.traceId,
      groupId: trace.traceId,
      folds: [],
      use: 'none',
      timestamp: trace.timestamp,
      input: trace.input,
      slice: null,
      steps: null,
      recorded: trace.output,
      judgement: { verdict: judgement.verdict, expected: judgement.expected ?? null, judge: judgement.judge },
      answer,
      confidence: 0,
      runnerUp: null,
    },
    kind,
  );
  return verdict === 'unknown' ? null : verdict === 'pass';
}

function rate(answers: readonly (boolean | null)[]): RightOf {
  const right = answers.filter((answer) => answer === true).length;
  return { right, of: answers.length, ...wilsonInterval(right, answers.length) };
}
