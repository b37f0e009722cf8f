import type { SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem } from '../../ports/trace-format.ts';
import type { ChatStep } from './chat-messages.ts';
import { emptyIsNone, exchangeOf, fieldOf, langfuseMetadata } from './langfuse-fields.ts';
import { type JsonObject, unreadable } from './records.ts';
import { idOf, known, listOf, objectOf, parsedOf, textOf } from './untrusted.ts';

const observationTypes: ReadonlySet<unknown> = new Set([
  'SPAN',
  'GENERATION',
  'EVENT',
  'AGENT',
  'TOOL',
  'CHAIN',
  'RETRIEVER',
  'EVALUATOR',
  'EMBEDDING',
  'GUARDRAIL',
]);

/** Whether a record is an observation of an export of Langfuse, or of its interface. */
export function isLangfuseObservation(record: JsonObject): boolean {
  const has = (name: string): boolean => fieldOf(record, name) !== undefined;
  return observationTypes.has(record.type) && has('id') && has('trace_id') && has('start_time');
}

/**
 * Reads a generation as an inference.
 * @param nameTrace the trace id of a generation, by the ids of its trace and of the observation
 */
export function readGeneration(
  { line, text, value }: SourceRecord,
  nameTrace: (traceId: string, observationId: string) => string,
): FormatItem {
  const trace = idOf(fieldOf(value, 'trace_id'));
  const observation = idOf(value.id);
  if (trace === null || observation === null) {
    return unreadable(line, text, {
      reason: 'no "trace_id" or no "id"',
      mend: 'export the observation with its core fields',
    });
  }
  const { system, ...exchange } = exchangeOf(value);
  if (exchange.input === undefined) {
    return unreadable(line, text, {
      reason: 'its input was not recorded',
      mend: 'let the application record inputs and outputs, and export the field group io',
    });
  }
  const steps = [...listOf(exchange.steps), ...(exchange.steps === undefined ? toolCallsOf(value) : [])];
  const fields = {
    traceId: nameTrace(trace, observation),
    ...known({ timestamp: fieldOf(value, 'start_time') }),
    ...exchange,
    ...(steps.length === 0 ? {} : { steps }),
    metadata: langfuseMetadata(value, { observation_id: observation, system }),
  };
  return { kind: 'trace', line, text, fields, annotations: [], source: value };
}

function toolCallsOf(record: JsonObject): readonly ChatStep[] {
  const names = listOf(emptyIsNone(fieldOf(record, 'tool_call_names')));
  return listOf(emptyIsNone(fieldOf(record, 'tool_calls'))).map((call, at) => {
    const fields = objectOf(parsedOf(call));
    const called = objectOf(fields?.function) ?? fields;
    const input = parsedOf(called?.arguments ?? called?.args ?? call);
    return { type: 'tool_call', ...known({ name: textOf(called?.name) ?? textOf(names[at]), input }) };
  });
}
