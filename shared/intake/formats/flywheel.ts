import type { SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem } from '../../ports/trace-format.ts';
import { answeredIn, readChat, sentIn } from './chat-messages.ts';
import { formatOfRecords, type RecordShape } from './record-shape.ts';
import { type JsonObject, unreadable } from './records.ts';
import { idOf, known, objectOf, parsedOf } from './untrusted.ts';

const takenUp: ReadonlySet<string> = new Set(['request', 'response', 'timestamp']);

/**
 * Logs of requests to a model with their responses, in seconds since the epoch.
 *
 * By the log schema in the README of NVIDIA's Data Flywheel Blueprint ("Preparing your data", at 0245ce9): `timestamp`,
 * `workload_id`, `client_id`, `request` and `response` as the interface took and gave them.
 */
export const flywheelShape: RecordShape = {
  name: 'flywheel',
  title: 'logs of the NVIDIA Data Flywheel',
  zone: null,
  freeNames: false,
  recognises: (record) => {
    const request = objectOf(parsedOf(record.request));
    return request !== null && 'response' in record && sentIn(request).length > 0;
  },
  begin: () => readExchange,
};

export const flywheelFormat = formatOfRecords(flywheelShape);

function readExchange({ line, text, value }: SourceRecord): FormatItem {
  const request: JsonObject = objectOf(parsedOf(value.request)) ?? {};
  const response: JsonObject = objectOf(parsedOf(value.response)) ?? {};
  const chat = readChat(sentIn(request), answeredIn(response));
  if (chat === null) {
    return unreadable(line, text, {
      reason: 'the request holds no message that says what the model was asked',
      mend: 'log the whole request, with its "messages"',
    });
  }
  const { system, input, output = null, steps } = chat;
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !takenUp.has(name)));
  const model = response.model ?? request.model;
  const fields = {
    ...known({ traceId: idOf(response.id) ?? idOf(value.id), timestamp: value.timestamp ?? response.created }),
    input,
    output,
    ...(steps.length === 0 ? {} : { steps }),
    metadata: known({ ...rest, model, system }),
  };
  return { kind: 'trace', line, text, fields, annotations: [], source: value };
}
