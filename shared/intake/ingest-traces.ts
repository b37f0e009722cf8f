import { RatchetError } from '../domain/base/errors.ts';
import { canonicalJson, digest, shortDigest, shortDigestOfAll } from '../domain/base/ids.ts';
import type { Output } from '../domain/base/output.ts';
import { sameAnswer } from '../domain/base/same-answer.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { Model } from '../domain/models/model.ts';
import type { Judgement } from '../domain/traces/judgement.ts';
import type { Trace } from '../domain/traces/trace.ts';
import { writeJsonl } from '../ports/documents.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import type { FormatItem } from '../ports/trace-format.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { detectFormat } from './detect-format.ts';
import type { LineProblem } from './parse-json-line.ts';
import {
  type GivenJudgement,
  judgementOfOtherAnswer,
  type ParsedTraceLine,
  readTraceFields,
} from './parse-trace-line.ts';

/** A file to ingest: its name for people, and its bytes (opened when its turn comes). */
export interface TraceSource {
  readonly name: string;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** A line that could not be used. */
export interface BadLine extends LineProblem {
  readonly file: string;
  readonly line: number;
  /** The beginning of the line; untrusted. */
  readonly text: string;
}

export interface IngestRequest {
  readonly modelId: string;
  readonly sources: readonly TraceSource[];
  /** Bad lines of a file after which the rest of it is given up; none by default. */
  readonly mostBadLines?: number;
  readonly onBadLine?: (bad: BadLine) => void;
  readonly onProgress?: (lines: number) => void;
}

export interface IngestResult {
  /** New traces. */
  readonly ingested: number;
  /** New judgements, of new traces and of known ones. */
  readonly judgements: number;
  /** Good lines whose trace was known already. */
  readonly alreadyKnown: number;
  /** Good lines of traces that were erased: they are passed over. */
  readonly erased: number;
  readonly quarantined: number;
  /** Object keys of the quarantined lines, JSON lines of {@link BadLine}. */
  readonly quarantine: readonly string[];
}

/**
 * A batch is one append to the log: large, as each makes a file a day of traces, yet far below the memory of a laptop.
 */
const batchLines = 20_000;
const batchCharacters = 32_000_000;
const quarantineHead = 300;

/**
 * Reads traces and judgements into a model's log, line by line. A line that cannot be used goes to quarantine with its
 * reason. A trace that is known adds its judgement alone, and what was ingested before adds nothing: the same file
 * twice changes nothing. A judgement counts as given when it is ingested, so a later correction wins over an earlier
 * one.
 * @throws RatchetError UnknownModel; InvalidInput when a file cannot be opened, or the kind of the model's task is not
 * known here
 */
export async function ingestTraces(request: IngestRequest, ports: Ports): Promise<IngestResult> {
  const model = await ports.lineage.getModel(request.modelId);
  if (model === undefined) throw await unknownModel(request.modelId, ports);
  const ingest = new Ingest(model, ports, request.onBadLine);
  let lines = 0;
  for (const source of request.sources) {
    const chunks = await source.open();
    let last = 0;
    const before = ingest.quarantined;
    try {
      const file = await detectFormat(chunks, source.name, ports.formats);
      if (file === null) continue;
      for await (const item of file.format.read(file.chunks, source.name)) {
        last = item.line;
        await ingest.take(item, source.name);
        if (ingest.quarantined - before > (request.mostBadLines ?? Number.POSITIVE_INFINITY))
          throw tooManyBad(source.name);
        lines += 1;
        if (lines % 500 === 0) request.onProgress?.(lines);
      }
    } catch (error) {
      if (!(error instanceof RatchetError && error.name === 'InvalidInput')) throw error;
      await ingest.refuse({
        file: source.name,
        line: last + 1,
        reason: error.message.replace(/\.$/, ''),
        mend: error.mend,
        text: '',
      });
    }
  }
  return ingest.finish();
}

/** Each bad line takes more room in quarantine than it took before, so a file of them is given up. */
function tooManyBad(file: string): RatchetError {
  return new RatchetError('InvalidInput', `Too many lines of ${file} cannot be used; the rest was not read.`, {
    mend: 'See the reasons of the lines before, correct the file and drop it again: what was ingested is passed over.',
  });
}

interface GoodLine extends ParsedTraceLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** What is known of a trace while its batch is put together. */
interface KnownTrace {
  readonly inputDigest: string;
  readonly output: Output | null;
  readonly judgementIds: Set<string>;
  /** Milliseconds since the epoch. */
  lastJudgedAt: number;
}

class Ingest {
  readonly #model: Model;
  readonly #kind: TaskKind;
  readonly #ports: Ports;
  readonly #onBadLine: ((bad: BadLine) => void) | undefined;
  #good: GoodLine[] = [];
  #characters = 0;
  #bad: BadLine[] = [];
  #ingested = 0;
  #judgements = 0;
  #alreadyKnown = 0;
  #erased = 0;
  #quarantined = 0;
  readonly #quarantine: string[] = [];

  constructor(model: Model, ports: Ports, onBadLine: ((bad: BadLine) => void) | undefined) {
    this.#model = model;
    this.#kind = kindOf(model, ports);
    this.#ports = ports;
    this.#onBadLine = onBadLine;
  }

  get quarantined(): number {
    return this.#quarantined;
  }

  async take(item: FormatItem, file: string): Promise<void> {
    if (item.kind === 'passed-over') return;
    const { line, text } = item;
    if (item.kind === 'unreadable') {
      await this.refuse({ file, line, reason: item.reason, mend: item.mend, text });
      return;
    }
    const parsed = readTraceFields(item.fields, this.#model, this.#kind);
    if (!parsed.ok) {
      await this.refuse({ file, line, ...parsed.problem, text });
      return;
    }
    this.#good.push({ ...parsed.value, file, line, text: text.slice(0, quarantineHead) });
    this.#characters += text.length;
    if (this.#good.length >= batchLines || this.#characters >= batchCharacters) await this.#append();
  }

  async refuse(bad: BadLine): Promise<void> {
    const kept = { ...bad, text: bad.text.slice(0, quarantineHead).toWellFormed() };
    this.#quarantined += 1;
    this.#bad.push(kept);
    this.#onBadLine?.(kept);
    if (this.#bad.length >= batchLines) await this.#writeQuarantine();
  }

  async finish(): Promise<IngestResult> {
    await this.#append();
    await this.#writeQuarantine();
    return {
      ingested: this.#ingested,
      judgements: this.#judgements,
      alreadyKnown: this.#alreadyKnown,
      erased: this.#erased,
      quarantined: this.#quarantined,
      quarantine: this.#quarantine,
    };
  }

  async #append(): Promise<void> {
    const lines = await this.#withoutErased(this.#good);
    this.#erased += this.#good.length - lines.length;
    this.#good = [];
    this.#characters = 0;
    const known = await this.#knownTraces(lines);
    const traces: Trace[] = [];
    const judgements: Judgement[] = [];
    let alreadyKnown = 0;
    for (const line of lines) {
      const { trace } = line;
      const inputDigest = digest(trace.input);
      let record = known.get(trace.traceId);
      if (record === undefined) {
        record = { inputDigest, output: trace.output, judgementIds: new Set(), lastJudgedAt: Number.NEGATIVE_INFINITY };
        known.set(trace.traceId, record);
        traces.push(trace);
      } else if (record.inputDigest !== inputDigest) {
        await this.#refuseRepeated(line, 'this traceId is on record with another input');
        continue;
      } else {
        const given = judgementOnRecord(line, record.output, this.#kind);
        if (given === 'nothing-known') {
          await this.#refuseRepeated(line, 'this traceId is on record with another output, and no right one is given');
          continue;
        }
        alreadyKnown += 1;
      }
      const judgement = this.#judgementOf(line, record);
      if (judgement !== null) judgements.push(judgement);
    }
    if (traces.length > 0 || judgements.length > 0) {
      await this.#ports.traceLog.append(this.#model.modelId, batchIdOf(traces, judgements), { traces, judgements });
    }
    this.#ingested += traces.length;
    this.#judgements += judgements.length;
    this.#alreadyKnown += alreadyKnown;
  }

  async #withoutErased(lines: readonly GoodLine[]): Promise<readonly GoodLine[]> {
    if (lines.length === 0) return lines;
    const traceIds = lines.map(({ trace }) => trace.traceId);
    const erased = await this.#ports.traceLog.erasedAmong(this.#model.modelId, traceIds);
    return erased.size === 0 ? lines : lines.filter(({ trace }) => !erased.has(trace.traceId));
  }

  async #refuseRepeated({ file, line, text }: GoodLine, reason: string): Promise<void> {
    await this.refuse({ file, line, reason, mend: 'give each inference a traceId of its own', text });
  }

  async #knownTraces(lines: readonly GoodLine[]): Promise<Map<string, KnownTrace>> {
    const ids = [...new Set(lines.map((line) => line.trace.traceId))];
    if (ids.length === 0) return new Map();
    const { traceLog } = this.#ports;
    const digests = await traceLog.knownTraces(this.#model.modelId, ids);
    if (digests.size === 0) return new Map();
    const traceIds = ids.filter((id) => digests.has(id));
    const records = await traceLog.read(this.#model.modelId, { limit: traceIds.length, traceIds });
    return new Map(
      records.map(({ trace, judgements }) => [
        trace.traceId,
        {
          inputDigest: digests.get(trace.traceId)?.inputDigest ?? digest(trace.input),
          output: trace.output,
          judgementIds: new Set(judgements.map((judgement) => judgement.judgementId)),
          lastJudgedAt: judgements.reduce(
            (latest, { judgedAt }) => Math.max(latest, Date.parse(judgedAt)),
            Number.NEGATIVE_INFINITY,
          ),
        },
      ]),
    );
  }

  /** The line's judgement as a record, or null when there is none or it is known. */
  #judgementOf(line: GoodLine, record: KnownTrace): Judgement | null {
    const given = judgementOnRecord(line, record.output, this.#kind);
    if (given === null || given === 'nothing-known') return null;
    const { verdict, expected, judge } = given;
    const { traceId, timestamp } = line.trace;
    // The time of judging is no part of the id, so that ingesting a line again gives the same judgement.
    const said = { traceId, timestamp, verdict, expected: expected === null ? null : this.#kind.key(expected), judge };
    const judgementId = shortDigest(canonicalJson(said));
    if (record.judgementIds.has(judgementId)) return null;
    record.judgementIds.add(judgementId);
    record.lastJudgedAt = Math.max(this.#ports.clock.now(), record.lastJudgedAt + 1);
    return {
      judgementId,
      traceId,
      verdict,
      ...(expected === null ? {} : { expected }),
      judge,
      judgedAt: new Date(record.lastJudgedAt).toISOString(),
    };
  }

  async #writeQuarantine(): Promise<void> {
    const bad = this.#bad;
    this.#bad = [];
    if (bad.length === 0) return;
    const key = `quarantine/${this.#model.modelId}/${shortDigest(canonicalJson(bad))}.jsonl`;
    await writeJsonl(this.#ports.objects, key, bad);
    this.#quarantine.push(key);
  }
}

/**
 * The line's judgement of the answer on record; `nothing-known` when it judged another answer and tells nothing of this
 * one.
 */
function judgementOnRecord(
  { trace, judgement }: ParsedTraceLine,
  recorded: Output | null,
  kind: Pick<TaskKind, 'same'>,
): GivenJudgement | null | 'nothing-known' {
  if (judgement === null || sameAnswer(kind, trace.output, recorded)) return judgement;
  return judgementOfOtherAnswer(judgement, trace.output, recorded, kind) ?? 'nothing-known';
}

/** Times of judging left out: a batch that is put together again after a crash is the same batch. */
function batchIdOf(traces: readonly Trace[], judgements: readonly Judgement[]): string {
  return shortDigestOfAll([
    ...traces.map((trace) => JSON.stringify(trace)),
    '',
    ...judgements.map((judgement) => judgement.judgementId),
  ]);
}
