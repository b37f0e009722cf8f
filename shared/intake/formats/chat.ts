import type { SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem } from '../../ports/trace-format.ts';
import { answeredIn, isMessages, readChat, sentIn } from './chat-messages.ts';
import { formatOfRecords, type RecordShape } from './record-shape.ts';
import { type JsonObject, unreadable } from './records.ts';
import { idOf, known, objectOf, objectsOf } from './untrusted.ts';

/** What is read of a record, or of no use in a trace. */
const takenUp: ReadonlySet<string> = new Set([
  'messages',
  'conversations',
  'choices',
  'object',
  'model',
  'created',
  'id',
]);

/**
 * Conversations: the `messages` of OpenAI's fine-tuning files and of all who copy them, ShareGPT's `conversations`, and
 * stored completions with their `choices`, whose `messages` are saved beside them.
 *
 * By OpenAI, "Supervised fine-tuning: formatting your data" and "Chat completions: the chat completion object",
 * November 2026. A stored completion as the interface lists it does not hold what was asked; that comes from
 * `GET /v1/chat/completions/{id}/messages`.
 */
export const chatShape: RecordShape = {
  name: 'chat',
  title: 'conversations (chat JSONL)',
  zone: null,
  freeNames: true,
  recognises: (record) => (hasMessages(record) || isCompletion(record)) && !('input' in record),
  begin: () => readConversation,
};

export const chatFormat = formatOfRecords(chatShape);

function hasMessages({ messages, conversations }: JsonObject): boolean {
  return isMessages(messages) || isMessages(conversations);
}

function isCompletion({ object, choices }: JsonObject): boolean {
  return object === 'chat.completion' && objectsOf(choices).length > 0;
}

function readConversation(record: SourceRecord): FormatItem {
  const { line, text, value } = record;
  const chat = readChat(sentIn(value), answeredIn({ choices: value.choices }));
  if (chat === null) {
    return unreadable(line, text, {
      reason: 'no message says what the model was asked',
      mend: 'write "messages" with the user\'s text; for a stored completion: GET /v1/chat/completions/ID/messages',
    });
  }
  const { system, input, output, steps } = chat;
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !takenUp.has(name)));
  const metadata = known({ ...objectOf(value.metadata), model: value.model, system });
  const fields = {
    ...rest,
    ...known({ traceId: rest.traceId ?? idOf(value.id), timestamp: rest.timestamp ?? value.created }),
    input,
    ...(output === undefined ? {} : { output }),
    ...(steps.length === 0 ? {} : { steps }),
    metadata,
  };
  return { kind: 'trace', line, text, fields, annotations: [], source: value };
}
