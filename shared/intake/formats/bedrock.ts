import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { bedrockExchange, isOtherThanText } from './bedrock-bodies.ts';
import { exchangeFields } from './exchange-fields.ts';
import { passedOver } from './items.ts';
import { recordsOfHead } from './record-shape.ts';
import { type JsonObject, type JsonRecord, readRecords, unreadable } from './records.ts';
import { idOf, known, objectOf, textOf } from './untrusted.ts';

/** Of the largest record: a log keeps bodies of up to 100 KB, and a stream in many pieces. */
const maxBytes = 8 * 2 ** 20;

/**
 * The invocation log of Amazon Bedrock: a `ModelInvocationLog` a line, or a list of them. The id of a trace is the
 * `requestId`; it says nothing of what was judged.
 *
 * By the Amazon Bedrock User Guide, "Monitor model invocation using CloudWatch Logs and Amazon S3", schemaVersion 1.0.
 */
export const bedrockFormat: TraceFormat = {
  name: 'bedrock',
  title: 'an invocation log of Amazon Bedrock',
  zone: null,
  freeNames: false,
  detects: (head) => recordsOfHead(head).some(isInvocation),
  read: readInvocations,
};

function isInvocation(record: JsonObject): boolean {
  return record.schemaType === 'ModelInvocationLog';
}

async function* readInvocations(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<FormatItem> {
  for await (const record of readRecords(chunks, name, { maxBytes })) {
    if (record.kind === 'unreadable') yield record;
    else if (isInvocation(record.value)) yield itemOf(record);
    else yield passedOver(record, 'records that are no invocations');
  }
}

function itemOf({ value, line, text }: JsonRecord): FormatItem {
  const input = objectOf(value.input) ?? {};
  const output = objectOf(value.output) ?? {};
  if (textOf(value.errorCode) !== null) return passedOver({ line }, 'invocations that failed');
  for (const [path, body] of [
    [textOf(input.inputBodyS3Path), input.inputBodyJson],
    [textOf(output.outputBodyS3Path), output.outputBodyJson],
  ] as const) {
    if (path === null || body !== undefined) continue;
    const reason = `its body was too large for the log and lies in ${path.slice(0, 300)}`;
    return unreadable(line, text, {
      reason,
      mend: 'put that file in the place of the path, as inputBodyJson or outputBodyJson',
    });
  }
  if (input.inputBodyJson === undefined || output.outputBodyJson === undefined) {
    return passedOver({ line }, 'invocations without their text (let the log deliver it: textDataDeliveryEnabled)');
  }
  const fields = exchangeFields(bedrockExchange(input.inputBodyJson, output.outputBodyJson), {
    ...objectOf(value.requestMetadata),
    model: value.modelId,
    operation: value.operation,
    region: value.region,
  });
  if (fields === null || isOtherThanText(output.outputBodyJson)) {
    return passedOver({ line }, 'invocations of models that write no text');
  }
  const traceId = idOf(value.requestId);
  if (traceId === null) {
    return unreadable(line, text, { reason: 'an invocation without a requestId', mend: 'export the log anew' });
  }
  return {
    kind: 'trace',
    line,
    text,
    fields: { traceId, ...known({ timestamp: value.timestamp }), ...fields },
    annotations: [],
    source: value,
  };
}
