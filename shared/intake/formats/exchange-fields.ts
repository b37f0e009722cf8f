import { readChat } from './chat-messages.ts';
import type { Exchange } from './genai-messages.ts';
import { known } from './untrusted.ts';

/**
 * The fields of a trace that the messages of a call say: `input`, `output`, `steps`, and under `metadata` the constant
 * part of the prompt beside what else is known. No answer means that the model gave none.
 * @returns null where no message has a text that was sent
 */
export function exchangeFields(
  { sent, answered }: Exchange,
  metadata: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | null {
  const chat = readChat(sent, answered);
  if (chat === null) return null;
  return {
    input: chat.input,
    output: chat.output ?? null,
    ...(chat.steps.length > 0 ? { steps: chat.steps } : {}),
    metadata: known({ ...metadata, system: chat.system }),
  };
}
