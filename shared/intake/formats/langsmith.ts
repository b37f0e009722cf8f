import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { exchangeFields } from './exchange-fields.ts';
import { judgementOf, passedOver } from './items.ts';
import { feedbackAnnotation } from './langsmith-feedback.ts';
import { langSmithExchange } from './langsmith-messages.ts';
import { readAnyRecords, recordsOfHead } from './record-shape.ts';
import { type JsonObject, type JsonRecord, unreadable } from './records.ts';
import { type DecidedRoot, TraceCalls } from './trace-calls.ts';
import { idOf, known, objectOf, textOf } from './untrusted.ts';

/** How much feedback waits for the end of the file. */
const waitingAtOnce = 10_000;

/**
 * Runs and feedback of LangSmith, apart or in one file: one a line, or lists of them.
 *
 * The id of a trace is the run's id, by which feedback names what it judges. Runs of type `llm` are the model's calls; the
 * root of a trace is one where its trace has no such run. Feedback of a root judges the one call of its trace, where the
 * file holds both.
 *
 * By langchain-ai/docs, `src/langsmith/run-data-format.mdx` (at 06aee25): times are in UTC, as `dotted_order` shows.
 */
export const langSmithFormat: TraceFormat = {
  name: 'langsmith',
  title: 'runs and feedback of LangSmith',
  zone: 'UTC',
  freeNames: false,
  detects: (head) => recordsOfHead(head).some((record) => isRun(record) || isFeedback(record)),
  read: readLangSmith,
};

function isRun(record: JsonObject): boolean {
  return typeof record.run_type === 'string' && ('inputs' in record || 'dotted_order' in record);
}

function isFeedback(record: JsonObject): boolean {
  return 'run_id' in record && 'key' in record && ('score' in record || 'feedback_source' in record);
}

async function* readLangSmith(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<FormatItem> {
  const runs = new Runs();
  for await (const record of readAnyRecords(chunks, name)) {
    if (record.kind === 'unreadable') yield record;
    else if (isRun(record.value)) yield* runs.take(record);
    else if (isFeedback(record.value)) yield* runs.judge(record);
    else yield passedOver(record, 'records that are neither runs nor feedback');
  }
  yield* runs.end();
}

class Runs {
  readonly #calls = new TraceCalls<JsonRecord>();
  readonly #feedback: JsonRecord[] = [];

  *take(record: JsonRecord): Generator<FormatItem> {
    const { value } = record;
    if (value.run_type === 'llm') {
      this.#calls.enter(traceIdOf(value), idOf(value.id));
      yield callOf(record);
    } else if (idOf(value.parent_run_id) === null && value.run_type === 'chain') {
      for (const decided of this.#calls.hold(traceIdOf(value), idOf(value.id), record)) yield rootOf(decided);
    } else {
      yield passedOver(record, noCall);
    }
  }

  /** Feedback waits, since it may be of a root, and what the call of its trace is shows at the end. */
  *judge(record: JsonRecord): Generator<FormatItem> {
    this.#feedback.push(record);
    if (this.#feedback.length === waitingAtOnce) yield* this.#judgements();
  }

  /** What still waits when the file ends. */
  *end(): Generator<FormatItem> {
    for (const decided of this.#calls.end()) yield rootOf(decided);
    yield* this.#judgements();
  }

  *#judgements(): Generator<FormatItem> {
    for (const record of this.#feedback.splice(0)) {
      const { value, line } = record;
      const runId = idOf(value.run_id) ?? idOf(value.trace_id);
      const callId = runId === null ? undefined : this.#calls.callOf(runId);
      if (runId === null) yield passedOver(record, 'feedback of no run');
      else if (callId === null) yield passedOver(record, 'feedback of traces with several model calls');
      else yield judgementOf(callId ?? runId, feedbackAnnotation(value), { line, source: value });
    }
  }
}

const noCall = 'runs that are no model call';

function rootOf({ root, isCall }: DecidedRoot<JsonRecord>): FormatItem {
  return isCall ? callOf(root) : passedOver(root, noCall);
}

/** The trace of a run: its `trace_id`, or the first id of `dotted_order`, or its own where it is a root. */
function traceIdOf(run: JsonObject): string | null {
  const order = textOf(run.dotted_order);
  const first = order === null ? undefined : /^[^.Z]*Z([^.]+)/.exec(order)?.[1];
  return idOf(run.trace_id) ?? first ?? (idOf(run.parent_run_id) === null ? idOf(run.id) : null);
}

function callOf({ value, line, text }: JsonRecord): FormatItem {
  const fields = exchangeFields(langSmithExchange(value), {
    ...objectOf(objectOf(value.extra)?.metadata),
    langSmithTraceId: traceIdOf(value),
    name: textOf(value.name),
    error: textOf(value.error),
    tags: Array.isArray(value.tags) && value.tags.length > 0 ? value.tags : null,
  });
  const traceId = idOf(value.id);
  if (fields === null) {
    const lieApart = 'inputs_s3_urls' in value && Object.keys(objectOf(value.inputs) ?? {}).length === 0;
    return passedOver({ line }, lieApart ? 'runs whose inputs lie apart, in inputs_s3_urls' : 'runs without inputs');
  }
  if (traceId === null)
    return unreadable(line, text, { reason: 'a run without an id', mend: 'export the ids with it' });
  return {
    kind: 'trace',
    line,
    text,
    fields: { traceId, ...known({ timestamp: value.start_time }), ...fields },
    annotations: [],
    source: value,
  };
}
