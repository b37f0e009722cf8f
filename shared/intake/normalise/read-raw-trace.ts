import { canonicalJson, shortDigest } from '../../domain/base/ids.ts';
import { type Output, outputSchema } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { type Trace, type TraceLine, traceLineSchema } from '../../domain/traces/trace.ts';
import type { RawTrace } from '../../ports/trace-format.ts';
import { describeIssues, type LineProblem, type LineResult, parseJsonObject, refuse } from '../parse-json-line.ts';
import type { FieldCensus } from './field-census.ts';
import { mappedValue } from './field-map.ts';
import { nameFields } from './field-names.ts';
import type { GivenJudgement } from './given-judgement.ts';
import { ownJudgement } from './own-judgement.ts';
import { readAnnotations } from './read-annotations.ts';
import { readOutput } from './read-output.ts';
import { isPlausibleTime } from './read-time.ts';
import { readFigure, readVerdict } from './read-verdict.ts';
import type { ReadingContext } from './reading-context.ts';
import { Fields, isNative, isPlainObject, plain, shortJson } from './record-fields.ts';

/** One record of a file, read: a trace with what was judged of it, or judgements of a trace that it only names. */
export interface ReadTrace {
  readonly traceId: string;
  /** Null where the record only names its trace. */
  readonly trace: Trace | null;
  /** The time that tells equal judgements of one trace apart, as the file has it; null where it has none. */
  readonly saidOf: string | null;
  readonly judgements: readonly GivenJudgement[];
}

type LineSchema = ReturnType<typeof traceLineSchema>;

const lineSchemas = new WeakMap<TaskKind, LineSchema>();

/** The schema of lines with outputs of a task kind, made once; outputs that the kind has read are let through. */
function lineSchemaOf(kind: TaskKind): LineSchema {
  const schema = lineSchemas.get(kind) ?? traceLineSchema(kind.read === undefined ? kind.output : outputSchema);
  lineSchemas.set(kind, schema);
  return schema;
}

/** The one field whose null says something: the model gave no answer. */
const meaningfulNull = 'output';

/**
 * Makes a trace and its judgements of what a format names, checked against the model. Never throws: a record yields
 * something or a reason. What had to be assumed is noted in the context.
 *
 * Unknown fields move under `metadata`; an optional field that is null counts as absent. A record without `input` and
 * `output` is judgements of the trace that it names.
 * @param census counts the unknown fields; null to leave that
 */
export function readRawTrace(
  raw: RawTrace,
  context: ReadingContext,
  census: FieldCensus | null = null,
): LineResult<ReadTrace> {
  const fields = new Fields(namedFields(raw, context));
  const strange = strangerThanItsModel(fields, context);
  if (strange !== null) return { ok: false, problem: strange };
  takeCensus(raw, fields, context, census);
  if (!fields.has('input') && !fields.has(meaningfulNull)) return judgementAlone(raw, fields, context);
  if (looksLikeExample(raw, fields, context)) return example(raw);
  const problem = readFields(fields, context);
  if (problem !== null) return { ok: false, problem };
  const line = validated(fields.all(), context);
  return line.ok ? judged(line.value, raw, fields, context) : line;
}

function namedFields(raw: RawTrace, context: ReadingContext): Readonly<Record<string, unknown>> {
  const { format, map } = context;
  const given = isNative(context) ? raw.fields : withoutBlanks(raw.fields);
  const mapped = mappedFields(raw, context);
  const sources = new Set(
    [...map.values()].flatMap((source) => (source.kind === 'path' ? source.steps.slice(0, 1) : [])),
  );
  // What was mapped is not also taken for something else.
  const kept = Object.fromEntries(Object.entries(given).filter(([name]) => !sources.has(name)));
  const apart = Object.fromEntries(Object.entries(given).filter(([name]) => sources.has(name)));
  const named = format.freeNames
    ? nameFields({ ...kept, ...mapped }, fits)
    : { fields: { ...kept, ...mapped }, readings: [] };
  for (const reading of named.readings) context.notes.add(reading);
  return { ...apart, ...named.fields };
}

/** Empty cells of a table are none; an empty answer is no answer. */
function withoutBlanks(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      if (value !== '' || name === 'input') return [[name, value]];
      return name === meaningfulNull ? [[name, null]] : [];
    }),
  );
}

function mappedFields(raw: RawTrace, context: ReadingContext): Readonly<Record<string, unknown>> {
  const mapped = new Map<string, unknown>();
  const within = (outer: string, name: string, value: unknown): void => {
    const before = mapped.get(outer) ?? raw.fields[outer];
    mapped.set(outer, { ...(isPlainObject(before) ? before : {}), [name]: value });
  };
  for (const [field, source] of context.map) {
    const value = mappedValue(source, raw);
    if (value === undefined) continue;
    context.mapped.add(field);
    const [outer = field, name] = field.split(/\.(.*)/);
    if (name === undefined || name === '') mapped.set(field, value);
    else within(outer, name, value);
  }
  return Object.fromEntries(mapped);
}

/** Whether a value can be that of a field whose name is only spelt otherwise. */
function fits(field: string, value: unknown): boolean {
  if (field === 'verdict') return readVerdict(value) !== null;
  if (field === 'confidence') return readFigure(value) !== null;
  if (field === 'judge' || field === 'metadata') return isPlainObject(value);
  return field !== 'steps' || Array.isArray(value);
}

/** The problem of a record that says it is of another model; other tools name the model that answered, which is none. */
function strangerThanItsModel(fields: Fields, { modelId, format }: ReadingContext): LineProblem | null {
  const named = fields.take('modelId');
  if (named !== undefined && named !== modelId && format.freeNames) {
    if (typeof named !== 'string') return { reason: '"modelId": must be a text', mend: 'leave it out' };
    const reason = `a trace of model ${JSON.stringify(named.slice(0, 100))}`;
    return { reason, mend: 'ingest it there, or leave "modelId" out' };
  }
  if (named !== undefined && named !== modelId) fields.set('modelName', named);
  return null;
}

function takeCensus(raw: RawTrace, fields: Fields, context: ReadingContext, census: FieldCensus | null): void {
  if (census === null) return;
  const { task, kind } = context;
  const knownOutput = (value: unknown): Output | null => {
    if (kind.read === undefined) return null;
    const reading = kind.read(task, value);
    return reading.kind === 'known' ? reading.output : null;
  };
  const { shape } = lineSchemaOf(kind);
  for (const name of Object.keys(raw.fields)) {
    if (!Object.hasOwn(shape, name) && fields.has(name)) census.add(name, raw.fields[name], knownOutput);
  }
}

/** A text with its label and nothing else of a trace: there is nothing to improve a model by. */
function looksLikeExample(raw: RawTrace, fields: Fields, { passAt }: ReadingContext): boolean {
  // What annotators write down is right, and no answer of a model.
  if (raw.isGold === true && !fields.has('expected') && !fields.has('verdict')) return true;
  const ofTraces = ['traceId', 'timestamp', 'verdict', 'expected', 'judge', ...(passAt === null ? [] : ['score'])];
  return raw.annotations.length === 0 && fields.has(meaningfulNull) && !ofTraces.some((name) => fields.has(name));
}

function example({ isGold }: RawTrace): LineResult<never> {
  return refuse(
    isGold === true
      ? 'a labelled example, not a trace: what annotators have marked is right, and no answer of the model'
      : 'a labelled example, not a trace: it has no traceId, no timestamp and no judgement',
    'train with it: ratchet create MODEL --examples FILE; or say where those are: --map traceId=FIELD --map expected=FIELD',
  );
}

/** Reads identity, time, output and confidence in place. Returns what is wrong; null for nothing. */
function readFields(fields: Fields, context: ReadingContext): LineProblem | null {
  const { kind, notes } = context;
  const output = fields.get('output');
  if (output === undefined)
    return {
      reason: '"output": is missing',
      mend: 'write it (null for no answer), or say where it is: --map output=FIELD',
    };
  if (output !== null) {
    const read = readOutput(output, 'output', context);
    if (!read.ok) return read.problem;
    if (read.note !== null) notes.add(read.note);
    if (read.unknown !== null) notes.add(`answers that are none of the model's: ${shown(read.output, kind)}`);
    fields.set('output', read.output);
  }
  const input = fields.get('input');
  if (input !== undefined && typeof input !== 'string') {
    if (!isNative(context) && (typeof input === 'number' || typeof input === 'boolean'))
      fields.set('input', String(input));
    else if (isPlainObject(input)) return textWithin(input);
  }
  const confidence = readFigure(fields.get('confidence'));
  // A sum of fractions may come to a little more than 1.
  if (confidence !== null) fields.set('confidence', confidence > 1 && confidence < 1.001 ? 1 : confidence);
  if (confidence !== null && confidence >= 1.001 && confidence <= 100)
    return {
      reason: `"confidence" is ${confidence}, which is no fraction`,
      mend: `write a number from 0 to 1; ${confidence} % is ${Number((confidence / 100).toPrecision(12))}`,
    };
  return readIdentity(fields, context) ?? readTimestamp(fields, context);
}

/** An input that is an object: the way to its text. */
function textWithin(input: Readonly<Record<string, unknown>>): LineProblem {
  const texts = Object.entries(input).filter(([, value]) => typeof value === 'string');
  const longest = texts.sort(([, a], [, b]) => String(b).length - String(a).length)[0]?.[0];
  const place = longest !== undefined && /^[\w-]{1,60}$/.test(longest) ? longest : 'FIELD';
  return {
    reason: '"input": must be a text, not an object',
    mend: `say which text of it the model saw: --map input=input.${place}`,
  };
}

function readIdentity(fields: Fields, context: ReadingContext): LineProblem | null {
  const given = fields.get('traceId');
  if (typeof given === 'number' || typeof given === 'bigint') fields.set('traceId', String(given));
  if (given !== undefined) return null;
  if (isNative(context) || !context.format.freeNames) {
    const mend = 'give each inference an id of its own, or say where it is: --map traceId=FIELD';
    return { reason: '"traceId": is missing', mend };
  }
  const { kind } = context;
  const output = fields.get('output');
  const said = output === null || output === undefined ? null : kind.key(outputSchema.parse(output));
  fields.set(
    'traceId',
    `derived-${shortDigest(canonicalJson([fields.get('input'), said, fields.get('timestamp') ?? null]))}`,
  );
  context.notes.add('records without an id: one is made of their content');
  return null;
}

/** A time that cannot be must not push real traffic out of what a run reads: the time of ingest is taken. */
function readTimestamp(fields: Fields, context: ReadingContext): LineProblem | null {
  const given = fields.get('timestamp');
  const now = new Date(context.now).toISOString();
  if (given === undefined) {
    if (isNative(context) || !context.format.freeNames) {
      return { reason: '"timestamp": is missing', mend: 'write it, or say where it is: --map timestamp=FIELD' };
    }
    fields.set('timestamp', now);
    context.notes.add('records without a time: the time of ingest is taken');
    return null;
  }
  const time = context.time(given);
  if (time === null) {
    const reason = `"timestamp": ${shortJson(given)} is no time that can be read for sure`;
    return { reason, mend: 'write it as "2026-03-01T09:30:00Z", with its zone' };
  }
  if (isPlausibleTime(time, context.now)) {
    fields.set('timestamp', time);
    fields.saidOf = time;
    return null;
  }
  fields.set('timestamp', now);
  fields.set('recordedTimestamp', given);
  fields.saidOf = time;
  context.notes.add('times before 2000 or in the future: the time of ingest is taken, theirs is kept in the metadata');
  return null;
}

/** The line by its schema, what is none of its fields under `metadata`. */
function validated(given: Readonly<Record<string, unknown>>, context: ReadingContext): LineResult<TraceLine> {
  const schema = lineSchemaOf(context.kind);
  const fields: [string, unknown][] = [['modelId', context.modelId]];
  const extra: [string, unknown][] = [];
  // Read apart, with forms of their own.
  const others = ['verdict', 'expected', 'judge'];
  for (const [name, value] of Object.entries(given)) {
    if (others.includes(name) || name === 'metadata') continue;
    if (Object.hasOwn(schema.shape, name)) fields.push([name, value]);
    else extra.push([name, plain(value)]);
  }
  const metadata = metadataOf(given.metadata, context);
  if (!isPlainObject(metadata)) fields.push(['metadata', metadata]);
  else if (extra.length > 0 || given.metadata !== undefined)
    fields.push(['metadata', Object.fromEntries([...extra, ...Object.entries(metadata)])]);
  const parsed = schema.safeParse(Object.fromEntries(fields));
  if (parsed.success) return { ok: true, value: parsed.data };
  return refuse(describeIssues(parsed.error), 'correct the field; docs/trace.schema.json has the format');
}

/** A table holds metadata as the JSON text of an object, or as a text that is a part of it. */
function metadataOf(given: unknown, context: ReadingContext): unknown {
  if (given === undefined) return {};
  if (typeof given !== 'string' || isNative(context)) return given;
  const object = parseJsonObject(given);
  return object.ok ? object.value : { metadata: given };
}

function judged(
  { verdict: _verdict, expected: _expected, judge: _judge, ...trace }: TraceLine,
  raw: RawTrace,
  fields: Fields,
  context: ReadingContext,
): LineResult<ReadTrace> {
  const own = ownJudgement(fields, trace.input, trace.output, context);
  if (!own.ok) return own;
  const others = readAnnotations(raw.annotations, trace, context);
  const judgements = own.value === null ? others : [own.value, ...others];
  return { ok: true, value: { traceId: trace.traceId, trace, saidOf: fields.saidOf, judgements } };
}

function judgementAlone(raw: RawTrace, fields: Fields, context: ReadingContext): LineResult<ReadTrace> {
  const given = fields.get('traceId');
  const traceId = typeof given === 'number' || typeof given === 'bigint' ? String(given) : given;
  if (typeof traceId !== 'string' || traceId === '' || traceId.length > 500) {
    return refuse(
      given === undefined ? 'neither "input" nor "traceId"' : '"traceId": must be a text of 1 to 500 characters',
      'a trace has an input, a judgement names its trace; --map field=path says where they are',
    );
  }
  const own = ownJudgement(fields, null, undefined, context);
  if (!own.ok) return own;
  const others = readAnnotations(raw.annotations, null, context);
  const judgements = own.value === null ? others : [own.value, ...others];
  if (judgements.length > 0) return { ok: true, value: { traceId, trace: null, saidOf: null, judgements } };
  return raw.annotations.length > 0
    ? refuse(
        'what is said of the trace is neither a verdict nor an output of the model',
        'see what was assumed, and --pass-at',
      )
    : refuse('"input" is missing, and nothing is judged', 'write the input, or a "verdict" or "expected" of the trace');
}

function shown(output: Output, kind: TaskKind): string {
  return JSON.stringify(kind.show(output).slice(0, 80));
}
