import { canonicalJson, digest, shortDigest, shortDigestOfAll } from '../domain/base/ids.ts';
import type { LabelReading } from '../domain/base/label-change.ts';
import type { Output } from '../domain/base/output.ts';
import { outputToday } from '../domain/base/output-today.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { Model } from '../domain/models/model.ts';
import { labelReadingOf } from '../domain/models/model-change.ts';
import type { Judgement } from '../domain/traces/judgement.ts';
import { readThrough } from '../domain/traces/read-through.ts';
import { standingJudgements } from '../domain/traces/retractions.ts';
import type { Trace } from '../domain/traces/trace.ts';
import type { VerdictCounts } from '../domain/traces/verdict-counts.ts';
import { type WhatCounts, whatCounts } from '../domain/traces/what-counts.ts';
import type { Ports } from '../ports/ports.ts';
import { type GivenJudgement, judgementOnRecord } from './normalise/given-judgement.ts';
import { impossibleOutput } from './normalise/impossible-output.ts';
import type { ReadTrace } from './normalise/read-raw-trace.ts';
import { isPlausibleTime } from './normalise/read-time.ts';
import type { LineProblem } from './parse-json-line.ts';

export interface GoodLine extends ReadTrace {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** What became of the lines of one batch. */
export interface Joined {
  readonly traces: readonly Trace[];
  readonly judgements: readonly Judgement[];
  readonly alreadyKnown: number;
  readonly parked: number;
  /** Judgements that now wait for names that the task does not know. */
  readonly held: readonly HeldOutput[];
  /** Why judgements that waited for their trace cannot be of it, one for each. */
  readonly impossible: readonly string[];
  /** Ids of the traces about which people disagree. */
  readonly disputed: readonly string[];
  readonly refused: readonly RefusedLine[];
  readonly verdicts: VerdictCounts;
}

/** A right output with names that the task does not know. */
export interface HeldOutput {
  readonly output: Output;
  readonly unknown: readonly string[];
}

interface RefusedLine extends LineProblem {
  readonly line: GoodLine;
}

const ownId = 'give each inference a traceId of its own';

/** What is known of a trace while its batch is put together. */
interface KnownTrace {
  readonly inputDigest: string;
  readonly trace: Pick<Trace, 'input' | 'output'>;
  readonly judgements: Judgement[];
}

/** Judgements of a trace that has not come. */
interface Waiting {
  readonly judgements: Judgement[];
}

/** Joins the lines of one batch to what the log has, in memory: what is new of them, and what they come to. */
export async function joinBatch(
  lines: readonly GoodLine[],
  model: Model,
  kind: TaskKind,
  ports: Pick<Ports, 'traceLog' | 'clock'>,
): Promise<Joined> {
  const batch = new Batch(model, kind, ports, await onRecord(lines, model, ports));
  for (const line of lines) if (line.trace !== null) batch.addTrace(line, line.trace);
  // After the traces, so that those of this batch are there.
  for (const line of lines) if (line.trace === null) batch.addJudgements(line);
  return batch.joined();
}

/** Times of judging left out: a batch that is put together again after a crash is the same batch. */
export function batchIdOf({ traces, judgements }: Pick<Joined, 'traces' | 'judgements'>): string {
  return shortDigestOfAll([
    ...traces.map((trace) => JSON.stringify(trace)),
    '',
    ...judgements.map((judgement) => judgement.judgementId),
  ]);
}

interface OnRecord {
  readonly known: Map<string, KnownTrace>;
  readonly waiting: Map<string, Waiting>;
}

async function onRecord(
  lines: readonly GoodLine[],
  { modelId }: Model,
  { traceLog }: Pick<Ports, 'traceLog'>,
): Promise<OnRecord> {
  const ids = [...new Set(lines.map((line) => line.traceId))];
  const judgements = await traceLog.judgementsOf(modelId, ids);
  const waiting = new Map([...judgements].map(([traceId, of]) => [traceId, { judgements: [...of] }]));
  const digests = await traceLog.knownTraces(modelId, ids);
  const traceIds = ids.filter((id) => digests.has(id));
  const logged = traceIds.length === 0 ? [] : await traceLog.read(modelId, { limit: traceIds.length, traceIds });
  const known = new Map<string, KnownTrace>();
  for (const { trace } of logged) {
    const inputDigest = digests.get(trace.traceId)?.inputDigest ?? digest(trace.input);
    known.set(trace.traceId, { inputDigest, trace, judgements: [...(judgements.get(trace.traceId) ?? [])] });
    waiting.delete(trace.traceId);
  }
  return { known, waiting };
}

class Batch {
  readonly #model: Model;
  readonly #kind: TaskKind;
  /** Names that the model had before are read as what became of them. */
  readonly #reading: LabelReading | null;
  readonly #clock: Ports['clock'];
  readonly #known: Map<string, KnownTrace>;
  readonly #waiting: Map<string, Waiting>;
  readonly #traces: Trace[] = [];
  readonly #judgements: Judgement[] = [];
  readonly #held: HeldOutput[] = [];
  readonly #impossible: string[] = [];
  readonly #refused: RefusedLine[] = [];
  /** Traces of which something new is known, with the judgement that counted before; null for none. */
  readonly #touched = new Map<string, Judgement | null>();
  #alreadyKnown = 0;
  #parked = 0;

  constructor(model: Model, kind: TaskKind, { clock }: Pick<Ports, 'clock'>, { known, waiting }: OnRecord) {
    this.#model = model;
    this.#kind = kind;
    this.#reading = labelReadingOf(model, kind);
    this.#clock = clock;
    this.#known = known;
    this.#waiting = waiting;
  }

  addTrace(line: GoodLine, trace: Trace): void {
    const inputDigest = digest(trace.input);
    let record = this.#known.get(trace.traceId);
    if (record === undefined) {
      const earlier = this.#waiting.get(trace.traceId)?.judgements ?? [];
      record = { inputDigest, trace, judgements: earlier };
      this.#known.set(trace.traceId, record);
      this.#waiting.delete(trace.traceId);
      this.#traces.push(trace);
      // What waited for it counts from now on, and did not before.
      if (earlier.length > 0) this.#touched.set(trace.traceId, null);
      // What names places can only now be held against its text.
      if (this.#kind.anchored) for (const judgement of earlier) this.#noteHeld(judgement, record);
    } else if (record.inputDigest !== inputDigest) {
      this.#refused.push({ line, reason: 'this traceId is on record with another input', mend: ownId });
      return;
    } else {
      const said = line.judgements.map((one) =>
        judgementOnRecord(one, trace.output, record?.trace.output ?? null, this.#kind),
      );
      if (said.length > 0 && said.every((one) => one === 'nothing-known')) {
        const reason = 'this traceId is on record with another output, and no right one is given';
        this.#refused.push({ line, reason, mend: ownId });
        return;
      }
      this.#alreadyKnown += 1;
    }
    for (const judgement of line.judgements) {
      const said = judgementOnRecord(judgement, trace.output, record.trace.output, this.#kind);
      if (said !== 'nothing-known') this.#add(line, said, record);
    }
  }

  addJudgements(line: GoodLine): void {
    const record = this.#known.get(line.traceId);
    if (record !== undefined) {
      const problem = this.#impossibleOf(line, record);
      if (problem !== null) {
        this.#refused.push({ line, ...problem });
        return;
      }
      this.#alreadyKnown += 1;
      for (const judgement of line.judgements) {
        const said = judgementOnRecord(judgement, undefined, record.trace.output, this.#kind);
        // Its id is that of what was said before the answer was known: it may have waited for its trace.
        if (said !== 'nothing-known') this.#add(line, said, record, judgement);
      }
      return;
    }
    const waiting = this.#waiting.get(line.traceId) ?? { judgements: [] };
    this.#waiting.set(line.traceId, waiting);
    const before = this.#judgements.length;
    for (const judgement of line.judgements) this.#add(line, judgement, waiting);
    const added = this.#judgements.length - before;
    this.#parked += added;
    if (added === 0) this.#alreadyKnown += 1;
  }

  joined(): Joined {
    const disputed: string[] = [];
    let judged = 0;
    let failed = 0;
    let corrected = 0;
    for (const [traceId, before] of this.#touched) {
      const record = this.#known.get(traceId);
      if (record === undefined) continue;
      const found = this.#whatCounts(record);
      if (found.kind === 'disputed') disputed.push(traceId);
      if (found.kind !== 'counts') continue;
      const { verdict, expected } = found.judgement;
      if (before === null || before.verdict !== verdict) {
        judged += 1;
        if (verdict === 'fail') failed += 1;
      } else if (verdict === 'fail' && expected !== undefined && before.expected === undefined) corrected += 1;
    }
    return {
      traces: this.#traces,
      judgements: this.#judgements,
      alreadyKnown: this.#alreadyKnown,
      parked: this.#parked,
      held: this.#held,
      impossible: this.#impossible,
      disputed,
      refused: this.#refused,
      verdicts: { judged, failed, ...(corrected === 0 ? {} : { corrected }) },
    };
  }

  #whatCounts(record: KnownTrace): WhatCounts {
    const standing = { ...record, judgements: standingJudgements(record.judgements) };
    return whatCounts(readThrough(standing, this.#kind, this.#reading), this.#model.task, this.#kind);
  }

  /** Notes, before a judgement is added, which one has counted so far. */
  #touch(traceId: string): void {
    if (this.#touched.has(traceId)) return;
    const record = this.#known.get(traceId);
    const found = record === undefined ? null : this.#whatCounts(record);
    this.#touched.set(traceId, found?.kind === 'counts' ? found.judgement : null);
  }

  #add(line: GoodLine, given: GivenJudgement, record: KnownTrace | Waiting, named = given): void {
    const { traceId, saidOf } = line;
    const { verdict, expected, judge, at, saidAt } = given;
    // The time of ingest is no part of the id, so that ingesting a line again gives the same judgement.
    const said = {
      traceId,
      timestamp: saidOf,
      verdict: named.verdict,
      expected: named.expected === null ? null : this.#kind.key(named.expected),
      judge,
    };
    const idWith = (when: string | null) =>
      shortDigest(canonicalJson({ ...said, ...(when === null ? {} : { at: when }) }));
    const judgementId = idWith(at ?? saidAt ?? null);
    // One of a time that cannot be may have come under a clock by which it can, or without its time.
    const ids = [judgementId, idWith(at)];
    if (record.judgements.some((known) => ids.includes(known.judgementId))) return;
    const judgement: Judgement = {
      judgementId,
      traceId,
      verdict,
      ...(expected === null ? {} : { expected }),
      judge,
      judgedAt: this.#timeOf(at, record),
    };
    this.#touch(traceId);
    record.judgements.push(judgement);
    this.#judgements.push(judgement);
    this.#noteHeld(judgement, record);
  }

  /** What is on record of a time that has not come was said while a clock stood ahead: then what comes in now is later. */
  #timeOf(at: string | null, record: Waiting): string {
    const isAhead = record.judgements.some(({ judgedAt }) => !isPlausibleTime(judgedAt, this.#clock.now()));
    return at === null || isAhead ? new Date(this.#nextInstant(record)).toISOString() : at;
  }

  /** Later than all that is on record, even when the clock was set back: of two the one that came later counts. */
  #nextInstant({ judgements }: Waiting): number {
    return judgements.reduce((latest, { judgedAt }) => Math.max(latest, Date.parse(judgedAt) + 1), this.#clock.now());
  }

  /** Why judgements that only name their trace, which is here, cannot be of it. */
  #impossibleOf({ judgements }: GoodLine, { trace: { input, output } }: KnownTrace): LineProblem | null {
    const today = (one: Output | null) => (one === null ? null : outputToday(one, this.#reading));
    for (const { expected, verdict } of judgements) {
      const said = { expected: today(expected), verdict };
      const problem = impossibleOutput(said, input, today(output), this.#model.task, this.#kind);
      if (problem !== null) return problem;
    }
    return null;
  }

  #noteHeld({ expected, verdict }: Judgement, record: KnownTrace | Waiting): void {
    const trace = 'trace' in record ? record.trace : null;
    const right = expected ?? (verdict === 'pass' && trace !== null ? trace.output : null);
    // What names places cannot be held against a text that is not here.
    if (right === null || (trace === null && this.#kind.anchored)) return;
    const today = outputToday(right, this.#reading);
    const problem = this.#kind.problem(this.#model.task, trace?.input ?? '', today);
    if (problem?.unknown !== undefined) this.#held.push({ output: right, unknown: problem.unknown });
    else if (problem !== null) this.#impossible.push(problem.reason);
  }
}
