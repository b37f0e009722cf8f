import { type DuckDBAppender, DuckDBTimestampValue, type DuckDBValue } from '@duckdb/node-api';
import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { digest } from '../../domain/base/ids.ts';
import { asOutput, type Output, outputSchema } from '../../domain/base/output.ts';
import { type Judgement, judgeKindSchema, verdictSchema } from '../../domain/traces/judgement.ts';
import { stepSchema, type Trace } from '../../domain/traces/trace.ts';

/** Which batch a row belongs to, and its place in the batch. */
export interface RowPlace {
  readonly arrival: number;
  readonly batchId: string;
  readonly position: number;
}

const placeColumns = 'arrival BIGINT, batch_id VARCHAR, position INTEGER';

/**
 * Columns of the traces' Parquet. `date` (UTC) is the partition and stays out of the files. An output that is no text
 * stands in `output` as JSON, and `output_is_json` is then true; it is null for all others, and older files lack it.
 */
export const traceColumns = `${placeColumns}, date VARCHAR, trace_id VARCHAR, timestamp TIMESTAMP, timestamp_text VARCHAR,
  checkpoint_id VARCHAR, input VARCHAR, input_digest VARCHAR, output VARCHAR, confidence DOUBLE, steps VARCHAR, metadata VARCHAR,
  output_is_json BOOLEAN`;

/** Columns of the judgements' Parquet; `expected_is_json` is to `expected` what `output_is_json` is to `output`. `retracts` is null but in what takes another one back. */
export const judgementColumns = `${placeColumns}, judgement_id VARCHAR, trace_id VARCHAR, verdict VARCHAR, expected VARCHAR,
  judge_kind VARCHAR, judge_id VARCHAR, reason VARCHAR, judged_at TIMESTAMP, judged_at_text VARCHAR, expected_is_json BOOLEAN,
  retracts VARCHAR`;

/** Columns of {@link judgementColumns} that older files lack, for {@link rowsOf}. */
export const laterJudgementColumns = 'NULL::BOOLEAN AS expected_is_json, NULL::VARCHAR AS retracts';

/**
 * DuckDB's client drops a U+FEFF at the beginning of a text it hands over. Texts from outside are therefore selected
 * behind a guard character, which {@link unguarded} takes away.
 */
export function guarded(column: string): string {
  return `'|' || ${column}`;
}

/** The text that {@link guarded} selected. */
export function unguarded(value: DuckDBValue | undefined): string {
  return text(value).slice(1);
}

/** What {@link traceFromRow} reads, in its order, of the Parquet named `file`. */
export const traceSelection = [
  guarded('file.trace_id'),
  'file.timestamp_text',
  guarded('file.checkpoint_id'),
  guarded('file.input'),
  guarded('file.output'),
  'file.confidence',
  'file.steps',
  'file.metadata',
  'file.output_is_json',
].join(', ');

/** What {@link judgementFromRow} reads, in its order, of the Parquet named `file`. */
export const judgementSelection = [
  guarded('file.judgement_id'),
  guarded('file.trace_id'),
  'file.verdict',
  guarded('file.expected'),
  'file.judge_kind',
  guarded('file.judge_id'),
  guarded('file.reason'),
  guarded('file.judged_at_text'),
  'file.expected_is_json',
  guarded('file.retracts'),
].join(', ');

/**
 * Appends a trace as a row of {@link traceColumns}. Lone surrogates, which UTF-8 cannot hold, become U+FFFD.
 * @throws RatchetError `InvalidInput` for a time outside the years 1 to 9999 (UTC)
 */
export function appendTrace(appender: DuckDBAppender, trace: Trace, place: RowPlace): void {
  const milliseconds = Date.parse(trace.timestamp);
  appendPlace(appender, place);
  appender.appendVarchar(utcDate(milliseconds, trace.timestamp));
  appendText(appender, trace.traceId);
  appendTime(appender, milliseconds);
  appendText(appender, trace.timestamp);
  appendText(appender, trace.checkpointId);
  appendText(appender, trace.input);
  appender.appendVarchar(digest(trace.input));
  const output = storedOutput(trace.output);
  appendText(appender, output.text);
  if (trace.confidence === undefined) appender.appendNull();
  else appender.appendDouble(trace.confidence);
  appendText(appender, trace.steps && JSON.stringify(trace.steps));
  appendText(appender, trace.metadata && JSON.stringify(trace.metadata));
  appendFlag(appender, output.isJson);
  appender.endRow();
}

/** Appends a judgement as a row of {@link judgementColumns}. */
export function appendJudgement(appender: DuckDBAppender, judgement: Judgement, place: RowPlace): void {
  appendPlace(appender, place);
  appendText(appender, judgement.judgementId);
  appendText(appender, judgement.traceId);
  if (judgement.verdict === null) appender.appendNull();
  else appender.appendVarchar(judgement.verdict);
  const expected = storedOutput(judgement.expected);
  appendText(appender, expected.text);
  appender.appendVarchar(judgement.judge.kind);
  appendText(appender, judgement.judge.id);
  appendText(appender, judgement.judge.reason);
  appendTime(appender, Date.parse(judgement.judgedAt));
  appendText(appender, judgement.judgedAt);
  appendFlag(appender, expected.isJson);
  appendText(appender, judgement.retracts);
  appender.endRow();
}

const stepsSchema = z.array(stepSchema);
const metadataSchema = z.record(z.string(), z.unknown());

/**
 * The rows of Parquet files, whatever version of the program wrote them: columns that some or all of them lack are
 * null.
 * @param rows those of the files, their columns joined by name
 */
export function rowsOf(rows: string, columns: string): string {
  return `(FROM ${rows}
    UNION ALL BY NAME SELECT ${columns} WHERE false)`;
}

/** The trace that a row of {@link traceSelection} holds. */
export function traceFromRow(modelId: string, row: readonly (DuckDBValue | undefined)[]): Trace {
  const [traceId, timestamp, checkpointId, input, output, confidence, steps, metadata, isJson] = row;
  return {
    traceId: unguarded(traceId),
    timestamp: text(timestamp),
    modelId,
    ...(isPresent(checkpointId) && { checkpointId: unguarded(checkpointId) }),
    input: unguarded(input),
    output: isPresent(output) ? outputFrom(unguarded(output), isJson) : null,
    ...(typeof confidence === 'number' && { confidence }),
    ...(isPresent(steps) && { steps: stepsSchema.parse(JSON.parse(text(steps))) }),
    ...(isPresent(metadata) && { metadata: metadataSchema.parse(JSON.parse(text(metadata))) }),
  };
}

/** The judgement that a row of {@link judgementSelection} holds. */
export function judgementFromRow(row: readonly (DuckDBValue | undefined)[]): Judgement {
  const [judgementId, traceId, verdict, expected, judgeKind, judgeId, reason, judgedAt, isJson, retracts] = row;
  return {
    judgementId: unguarded(judgementId),
    traceId: unguarded(traceId),
    verdict: verdictSchema.nullable().parse(verdict),
    ...(isPresent(expected) && { expected: outputFrom(unguarded(expected), isJson) }),
    judge: { kind: judgeKindSchema.parse(judgeKind), id: unguarded(judgeId), reason: unguarded(reason) },
    judgedAt: unguarded(judgedAt),
    ...(isPresent(retracts) && { retracts: unguarded(retracts) }),
  };
}

/** How an output is stored: a text as it is, anything else as JSON. */
function storedOutput(output: Output | null | undefined): { readonly text: string | null; readonly isJson: boolean } {
  const value: unknown = output ?? null;
  if (value === null || typeof value === 'string') return { text: value, isJson: false };
  return { text: JSON.stringify(value), isJson: true };
}

function outputFrom(stored: string, isJson: DuckDBValue | undefined): Output {
  return isJson === true ? outputSchema.parse(JSON.parse(stored)) : asOutput(stored);
}

function appendFlag(appender: DuckDBAppender, isSet: boolean): void {
  if (isSet) appender.appendBoolean(true);
  else appender.appendNull();
}

function appendPlace(appender: DuckDBAppender, place: RowPlace): void {
  appender.appendBigInt(BigInt(place.arrival));
  appender.appendVarchar(place.batchId);
  appender.appendInteger(place.position);
}

function appendText(appender: DuckDBAppender, value: string | null | undefined): void {
  if (value === null || value === undefined) appender.appendNull();
  else appender.appendVarchar(value.toWellFormed());
}

function appendTime(appender: DuckDBAppender, milliseconds: number): void {
  if (Number.isNaN(milliseconds)) appender.appendNull();
  else appender.appendTimestamp(new DuckDBTimestampValue(BigInt(milliseconds) * 1000n));
}

function utcDate(milliseconds: number, timestamp: string): string {
  const date = Number.isNaN(milliseconds) ? '' : new Date(milliseconds).toISOString().slice(0, 10);
  if (/^\d{4}-/.test(date)) return date;
  throw new RatchetError('InvalidInput', `${JSON.stringify(timestamp)} is no time in the years 0 to 9999 (UTC).`);
}

function isPresent(value: DuckDBValue | undefined): boolean {
  return value !== null && value !== undefined;
}

function text(value: DuckDBValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError('a text column holds no text');
}
