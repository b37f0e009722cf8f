import { RatchetError } from '../domain/base/errors.ts';
import { nearestName } from '../domain/base/nearest-name.ts';
import type { Output } from '../domain/base/output.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { Model } from '../domain/models/model.ts';
import type { Detector } from '../ports/detector.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import type { FormatItem, TraceFormat } from '../ports/trace-format.ts';
import type { LoggedTrace } from '../ports/trace-log.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { detectFormat, formatNamed } from './detect-format.ts';
import { FileProblems, type ToldProblem } from './file-problems.ts';
import type { BadLine, IngestResult } from './ingest-result.ts';
import { FieldCensus } from './normalise/field-census.ts';
import { Notes } from './normalise/notes.ts';
import { readRawTrace } from './normalise/read-raw-trace.ts';
import { plainReading, ReadingContext, type ReadingOptions } from './normalise/reading-context.ts';
import { passedOverScore, readAsVerdict, ScoreNames } from './normalise/score-names.ts';
import { digestOfLine, OpenQuarantine, writeQuarantine } from './quarantine.ts';
import { keptBytes } from './read-lines.ts';
import { redactLine } from './redact/redact-line.ts';
import { detectorsOf, Redactor } from './redact/redactor.ts';
import { batchIdOf, type GoodLine, type HeldOutput, type Joined, joinBatch } from './trace-batch.ts';

/** A file to ingest: its name for people, and its bytes (opened when its turn comes). */
export interface TraceSource {
  readonly name: string;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export interface IngestRequest {
  readonly modelId: string;
  readonly sources: readonly TraceSource[];
  /** Name of the files' format; null to tell it by their content. */
  readonly format?: string | null;
  readonly reading?: ReadingOptions;
  /** Bad lines of a file after which the rest of it is given up; none by default. */
  readonly mostBadLines?: number;
  /** Whether to write nothing: the result then holds what the first traces would be stored as. */
  readonly dryRun?: boolean;
  readonly onProblem?: (problem: ToldProblem) => void;
  readonly onProgress?: (lines: number) => void;
}

/**
 * A batch is one append to the log: large, as each makes a file a day of traces, yet far below the memory of a laptop.
 */
const batchLines = 20_000;
const batchCharacters = 32_000_000;
/** Text of bad lines that one ingest keeps whole; those after it are cut short, so that no file fills the store. */
const quarantineCharacters = 16_000_000;
const quarantineHead = 300;
/** What is cut may end in the half of something that would be known as a whole: so much more is looked through. */
const redactedBeyond = 300;
/** Names that the model does not know; more different ones are surely no labels. */
const mostUnknownOutputs = 1_000;
/** Traces that a dry run shows. */
const mostSamples = 3;

/** The trace that a line names which is no JSON, so that it leaves quarantine once that trace comes in. */
function traceNamedIn(text: string): { readonly traceId?: string } {
  const traceId = /"traceId"\s*:\s*"([^"\\]{1,500})"/.exec(text)?.[1];
  return traceId === undefined ? {} : { traceId };
}

/**
 * Reads traces and judgements into a model's log, record by record, from files of any known format. A record that cannot
 * be used goes to quarantine with its reason, and leaves it when it comes in later. A trace that is known adds its
 * judgements alone, and what was ingested before adds nothing: the same file twice changes nothing. A judgement counts
 * as given when it says so, else when it is ingested; one of a trace that has not come waits for it.
 * @throws RatchetError UnknownModel; InvalidInput when a file cannot be opened, the format named is none, or the kind of
 * the model's task is not known here
 */
export async function ingestTraces(request: IngestRequest, ports: Ports): Promise<IngestResult> {
  const model = await ports.lineage.getModel(request.modelId);
  if (model === undefined) throw await unknownModel(request.modelId, ports);
  if (request.format != null) formatNamed(request.format, ports.formats);
  const ingest = new Ingest(model, request, ports, await OpenQuarantine.open(ports.objects, model.modelId));
  for (const source of request.sources) await ingest.readFile(source);
  return ingest.finish();
}

class Ingest {
  readonly #model: Model;
  readonly #kind: TaskKind;
  readonly #ports: Ports;
  readonly #request: IngestRequest;
  readonly #earlier: OpenQuarantine;
  readonly #detectors: readonly Detector[];
  readonly #notes = new Notes();
  readonly #passedOver = new Notes();
  readonly #scoreNames: ScoreNames;
  readonly #warnings: string[] = [];
  readonly #unknown = new Map<string, { output: string; nearest: string | null; judgements: number }>();
  readonly #disputed = new Set<string>();
  readonly #quarantine: string[] = [];
  readonly #samples: LoggedTrace[] = [];
  #good: GoodLine[] = [];
  #characters = 0;
  #bad: BadLine[] = [];
  #lines = 0;
  #ingested = 0;
  #judgements = 0;
  #alreadyKnown = 0;
  #erased = 0;
  #parked = 0;
  #held = 0;
  #quarantined = 0;
  #keptCharacters = 0;
  #unreadable = 0;

  constructor(model: Model, request: IngestRequest, ports: Ports, earlier: OpenQuarantine) {
    this.#model = model;
    this.#kind = kindOf(model, ports);
    this.#ports = ports;
    this.#request = request;
    this.#earlier = earlier;
    this.#scoreNames = new ScoreNames(request.reading?.scores ?? []);
    this.#detectors = [...detectorsOf(model.settings), ...(ports.detectors ?? [])];
  }

  async readFile(source: TraceSource): Promise<void> {
    const file = new FileReading(source.name, this.#request);
    const chunks = await source.open();
    try {
      const found = await detectFormat(chunks, source.name, this.#ports.formats, this.#request.format ?? null);
      if (found === null) this.#warnings.push(`${source.name} is empty: nothing to do`);
      else {
        await this.#readRecords(found.format, found.chunks, file);
        if (this.#request.format != null && !file.isUsed) {
          this.#unreadable += 1;
          this.#warnings.push(`${source.name}: nothing of it could be used as ${found.format.name} (--format)`);
        }
      }
    } catch (error) {
      if (!(error instanceof RatchetError && error.name === 'InvalidInput')) throw error;
      const reason = error.message.replace(/\.$/, '');
      const { mend } = error;
      if (file.last === 0) {
        this.#unreadable += 1;
        this.#request.onProblem?.({ file: source.name, line: 0, lines: 1, reason, mend });
      } else await this.#refuse({ file: source.name, line: file.last + 1, text: '', mend, reason }, file);
    }
    file.problems.end();
    this.#warnings.push(...file.warnings());
  }

  async finish(): Promise<IngestResult> {
    await this.#append();
    await this.#writeQuarantine();
    return {
      lines: this.#lines,
      ingested: this.#ingested,
      judgements: this.#judgements,
      alreadyKnown: this.#alreadyKnown,
      erased: this.#erased,
      quarantined: this.#quarantined,
      unreadable: this.#unreadable,
      quarantine: this.#quarantine,
      parked: this.#parked,
      held: this.#held,
      disputed: this.#disputed.size,
      unknownOutputs: [...this.#unknown.values()].sort((a, b) => b.judgements - a.judgements),
      passedOver: this.#passedOver.list(),
      notes: this.#notes.list(),
      warnings: this.#warnings,
      cleared: this.#request.dryRun === true ? 0 : await this.#earlier.clear(this.#quarantine),
      samples: this.#samples,
    };
  }

  async #readRecords(format: TraceFormat, chunks: AsyncIterable<Uint8Array>, file: FileReading): Promise<void> {
    const context = new ReadingContext({
      model: this.#model,
      kind: this.#kind,
      format,
      options: this.#request.reading ?? plainReading,
      notes: this.#notes,
      scoreNames: this.#scoreNames,
      now: this.#ports.clock.now(),
    });
    file.context = context;
    const before = this.#quarantined;
    for await (const item of format.read(chunks, file.name)) {
      file.last = item.line;
      if (item.kind === 'passed-over') this.#passedOver.add(item.what);
      else {
        this.#lines += 1;
        await this.#take(item, context, file);
      }
      if (this.#lines % 500 === 0) this.#request.onProgress?.(this.#lines);
      if (this.#quarantined - before > (this.#request.mostBadLines ?? Number.POSITIVE_INFINITY))
        throw tooManyBad(file.name);
    }
  }

  async #take(item: Exclude<FormatItem, { kind: 'passed-over' }>, context: ReadingContext, file: FileReading) {
    const { line, text } = item;
    if (item.kind === 'unreadable') {
      const { reason, mend } = item;
      await this.#refuse({ file: file.name, line, reason, mend, text, ...traceNamedIn(text) }, file);
      return;
    }
    const read = readRawTrace(item, context, file.isJudged ? null : file.census);
    if (!read.ok) {
      const { traceId } = item.fields;
      const named = typeof traceId === 'string' && traceId !== '' ? { traceId: traceId.slice(0, 500) } : {};
      await this.#refuse({ file: file.name, line, ...read.problem, text, ...named }, file);
      return;
    }
    const redacted = redactLine(read.value, this.#detectors, { kind: this.#kind, task: this.#model.task });
    if (!redacted.ok) {
      await this.#refuse({ file: file.name, line, ...redacted.problem, text, traceId: read.value.traceId }, file);
      return;
    }
    const good = redacted.value;
    file.took(good.trace !== null, good.judgements.length > 0);
    if (!this.#earlier.isEmpty) this.#earlier.cameIn(good.traceId, text);
    this.#good.push({ ...good, file: file.name, line, text });
    this.#characters += text.length;
    if (this.#good.length >= batchLines || this.#characters >= batchCharacters) await this.#append();
  }

  async #refuse(bad: BadLine, file: FileReading | null): Promise<void> {
    const kept = {
      ...bad,
      ...this.#keptOf(bad.text),
      ...(bad.text === '' ? {} : { digest: digestOfLine(bad.text) }),
    };
    this.#quarantined += 1;
    this.#bad.push(kept);
    if (file === null) this.#request.onProblem?.({ ...kept, lines: 1 });
    else file.problems.bad(kept);
    if (this.#bad.length >= batchLines) await this.#writeQuarantine();
  }

  /** What is kept of a line, without what is not to be stored: all of it, so that it can be mended and erased. */
  #keptOf(text: string): Pick<BadLine, 'text' | 'cut'> {
    const most = this.#keptCharacters > quarantineCharacters ? quarantineHead : keptBytes;
    const redacted = new Redactor(this.#detectors).text(text.slice(0, most + redactedBeyond)).toWellFormed();
    const cut = text.length > most || redacted.length > most || Buffer.byteLength(text) >= keptBytes;
    const kept = cut ? redacted.slice(0, most).toWellFormed() : redacted;
    this.#keptCharacters += kept.length;
    return { text: kept, cut };
  }

  async #append(): Promise<void> {
    const lines = this.#withVerdictsAlone(await this.#withoutErased(this.#good));
    this.#good = [];
    this.#characters = 0;
    if (lines.length === 0) return;
    const joined = await this.#appendJoined(lines);
    const { traces, judgements } = joined;
    for (const { line, reason, mend } of joined.refused) {
      const { file, line: number, text } = line;
      await this.#refuse({ file, line: number, reason, mend, text }, null);
    }
    if (this.#request.dryRun === true) this.#keepSamples(joined);
    this.#ingested += traces.length;
    this.#judgements += judgements.length;
    this.#alreadyKnown += joined.alreadyKnown;
    this.#parked += joined.parked;
    this.#held += joined.held.length;
    for (const held of joined.held) this.#noteUnknown(held);
    for (const reason of joined.impossible) {
      this.#notes.add(`judgements that came before their trace and cannot be of it, set aside: ${reason}`);
    }
    for (const traceId of joined.disputed) this.#disputed.add(traceId);
  }

  /**
   * Joins the lines to what the log has and appends what is new of them. Where another ingest brings some of the same
   * traces meanwhile, they are joined anew, to what it brought, so that nothing is in the log, or counted, twice.
   */
  async #appendJoined(lines: readonly GoodLine[]): Promise<Joined> {
    const { traceLog } = this.#ports;
    const { modelId } = this.#model;
    for (;;) {
      const seen = (await traceLog.history(modelId)).at(-1)?.position ?? 0;
      const joined = await joinBatch(lines, this.#model, this.#kind, this.#ports);
      const { traces, judgements, verdicts } = joined;
      if (this.#request.dryRun === true || (traces.length === 0 && judgements.length === 0)) return joined;
      const batch = { traces, judgements, verdicts, seen };
      if ((await traceLog.append(modelId, batchIdOf(joined), batch)) === 'appended') return joined;
    }
  }

  /** The lines but those of erased traces, which are counted. */
  async #withoutErased<L extends { readonly traceId?: string }>(lines: readonly L[]): Promise<readonly L[]> {
    const traceIds = lines.flatMap(({ traceId }) => traceId ?? []);
    if (traceIds.length === 0) return lines;
    const erased = await this.#ports.traceLog.erasedAmong(this.#model.modelId, traceIds);
    const left = lines.filter(({ traceId }) => traceId === undefined || !erased.has(traceId));
    this.#erased += lines.length - left.length;
    return left;
  }

  /** The lines with those scores alone that are verdicts, by the names of all that was read so far. */
  #withVerdictsAlone(lines: readonly GoodLine[]): readonly GoodLine[] {
    const isOnlyOne = this.#scoreNames.isAlone();
    const kept = lines.map((line) => ({
      ...line,
      judgements: line.judgements.filter(({ onlyAs }) => {
        if (onlyAs !== undefined) this.#notes.add(isOnlyOne ? readAsVerdict(onlyAs) : passedOverScore(onlyAs));
        return onlyAs === undefined || isOnlyOne;
      }),
    }));
    for (const { judgements } of kept) {
      for (const { judge, judgeAssumed } of judgements) {
        if (judgeAssumed) this.#notes.add(`judge not named: taken as ${judge.kind}; --judge human says otherwise`);
      }
    }
    return kept.filter(({ trace, judgements }) => trace !== null || judgements.length > 0);
  }

  #keepSamples({ traces, judgements }: Joined): void {
    for (const trace of traces.slice(0, mostSamples - this.#samples.length)) {
      const own = judgements.filter(({ traceId }) => traceId === trace.traceId);
      this.#samples.push({ trace, judgements: own });
    }
  }

  #noteUnknown({ output, unknown }: HeldOutput): void {
    for (const name of unknown) {
      const known = this.#unknown.get(name);
      if (known !== undefined) known.judgements += 1;
      else if (this.#unknown.size < mostUnknownOutputs) {
        this.#unknown.set(name, { output: name, nearest: this.#nearestOf(name, output), judgements: 1 });
      }
    }
  }

  #nearestOf(name: string, output: Output): string | null {
    const { task } = this.#model;
    if (this.#kind.read === undefined) return nearestName(name, this.#kind.knownFacets(task));
    const reading = this.#kind.read(task, output);
    return reading.kind === 'unknown' && reading.nearest !== null ? this.#kind.show(reading.nearest) : null;
  }

  async #writeQuarantine(): Promise<void> {
    const bad = await this.#withoutErased(this.#bad);
    this.#quarantined -= this.#bad.length - bad.length;
    this.#bad = [];
    if (bad.length === 0 || this.#request.dryRun === true) return;
    this.#quarantine.push(await writeQuarantine(this.#ports.objects, this.#model.modelId, bad));
  }
}

/** What is seen of one file while it is read. */
class FileReading {
  readonly name: string;
  readonly problems: FileProblems;
  readonly census = new FieldCensus();
  /** Number of the last line that was read. */
  last = 0;
  /** Whether anything was judged so far. */
  isJudged = false;
  context: ReadingContext | null = null;
  /** Whether any record of it could be used. */
  isUsed = false;
  #traces = 0;

  constructor(name: string, { onProblem }: IngestRequest) {
    this.name = name;
    this.problems = new FileProblems((problem) => onProblem?.(problem));
  }

  took(isTrace: boolean, isJudged: boolean): void {
    this.isUsed = true;
    if (isTrace) this.#traces += 1;
    if (isJudged) this.isJudged = true;
    this.problems.good();
  }

  warnings(): readonly string[] {
    const warnings: string[] = [];
    if (this.context !== null && this.#traces > 0) {
      for (const [field, source] of this.context.map) {
        if (source.kind === 'path' && !this.context.mapped.has(field))
          warnings.push(`${this.name}: no record has anything at ${JSON.stringify(source.path)} (--map ${field}=…)`);
      }
    }
    const unknown = this.isJudged || this.#traces === 0 ? null : this.census.told();
    if (unknown !== null) {
      const proposal = this.census.proposal();
      const mend = proposal === null ? '' : `; if that is what was judged, ingest it with ${proposal}`;
      warnings.push(`${this.name}: no line was judged; unknown: ${unknown}${mend}`);
    }
    return warnings;
  }
}

/** Each bad line takes more room in quarantine than it took before, so a file of them is given up. */
function tooManyBad(file: string): RatchetError {
  return new RatchetError('InvalidInput', `Too many lines of ${file} cannot be used; the rest was not read.`, {
    mend: 'See the reasons of the lines before, correct the file and drop it again: what was ingested is passed over.',
  });
}
