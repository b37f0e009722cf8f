import { answeredIn, sentIn } from './chat-messages.ts';
import type { Exchange } from './genai-messages.ts';
import type { JsonObject } from './records.ts';
import { listOf, objectOf, objectsOf, textOf } from './untrusted.ts';

/** Under what names applications keep the one text of a run. */
const inputTexts = ['input', 'prompt', 'question', 'text', 'query', 'content'];
const outputTexts = ['output', 'text', 'answer', 'content', 'result', 'label'];

/** The messages of a run, by its inputs and outputs; both are written by the application and have no fixed form. */
export function langSmithExchange(run: JsonObject): Exchange {
  const inputs = objectOf(run.inputs);
  const outputs = objectOf(run.outputs);
  return { sent: inputs === null ? [] : sentOf(inputs), answered: outputs === null ? [] : answeredOf(outputs) };
}

function sentOf(inputs: JsonObject): readonly unknown[] {
  // LangChain keeps the messages of a batch, as a list in a list.
  const [batch] = listOf(inputs.messages);
  const messages = sentIn(Array.isArray(batch) ? { ...inputs, messages: batch } : inputs);
  if (messages.length > 0) return messages;
  const [prompt] = listOf(inputs.prompts);
  return saying('user', textOf(prompt) ?? oneText(inputs, inputTexts));
}

function answeredOf(outputs: JsonObject): readonly unknown[] {
  const [generation] = objectsOf(listOf(outputs.generations).flat());
  if (generation !== undefined) {
    const message = objectOf(generation.message);
    return message === null ? saying('assistant', textOf(generation.text)) : [message];
  }
  const output = objectOf(outputs.output);
  const messages = answeredIn(
    output !== null && ('content' in output || 'kwargs' in output) ? { message: output } : outputs,
  );
  return messages.length > 0 ? messages : saying('assistant', oneText(outputs, outputTexts));
}

/** The text under one of the names, or the only value if it is a text, or all as JSON; null where there is nothing. */
function oneText(fields: JsonObject, names: readonly string[]): string | null {
  const name = names.find((candidate) => typeof fields[candidate] === 'string');
  if (name !== undefined) return textOf(fields[name]);
  const values = Object.values(fields);
  if (values.length === 1 && typeof values[0] === 'string') return textOf(values[0]);
  return values.length === 0 ? null : JSON.stringify(fields);
}

function saying(role: string, content: string | null): readonly unknown[] {
  return content === null ? [] : [{ role, content }];
}
