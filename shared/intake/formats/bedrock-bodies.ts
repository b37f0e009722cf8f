import { answeredIn, sentIn } from './chat-messages.ts';
import type { Exchange } from './genai-messages.ts';
import type { JsonObject } from './records.ts';
import { objectOf, objectsOf, parsedOf, textOf } from './untrusted.ts';

/**
 * What a model was sent and what it answered, by the bodies of an invocation: those of the Converse operation, of Anthropic
 * messages, and of the models with a prompt (Titan, Llama, Mistral, Cohere, Claude 2).
 *
 * By the Amazon Bedrock User Guide, "Inference request parameters and response fields", and the API Reference, Converse.
 */
export function bedrockExchange(input: unknown, output: unknown): Exchange {
  const sent = objectOf(parsedOf(input));
  const answer = parsedOf(output);
  return {
    sent: sent === null ? [] : sentOf(sent),
    answered: answeredOf(Array.isArray(answer) ? whole(answer) : answer),
  };
}

function sentOf(body: JsonObject): readonly unknown[] {
  const prompt = textOf(body.prompt);
  if (prompt !== null) return sentIn({ ...body, prompt: withoutTurns(prompt) });
  const question = textOf(body.message);
  return question === null ? sentIn(body) : [{ role: 'user', content: question }];
}

/** A prompt of Claude 2 without the turns that its form asks for. */
function withoutTurns(prompt: string): string {
  const [before, after] = ['Human:', 'Assistant:'];
  const turns = prompt.trim();
  const isForm = turns.startsWith(before) && turns.endsWith(after);
  return isForm ? turns.slice(before.length, -after.length).trim() : prompt;
}

function answeredOf(output: unknown): readonly unknown[] {
  const body = objectOf(output);
  if (body === null) return [];
  const messages = answeredIn(body);
  if (messages.length > 0) return messages;
  const [first] = [...objectsOf(body.results), ...objectsOf(body.outputs), ...objectsOf(body.generations)];
  const texts = [body.generation, body.completion, body.outputText, body.text, first?.outputText, first?.text];
  const content = texts.find((text) => typeof text === 'string');
  return content === undefined ? [] : [{ role: 'assistant', content }];
}

/** The body that the events of a stream amount to: its blocks, their pieces put together, or its text. */
function whole(events: readonly unknown[]): unknown {
  const blocks = new Map<unknown, JsonObject>();
  let text = '';
  for (const event of objectsOf(events)) {
    const piece = pieceOf(event);
    if (piece === null) text += textOf(event.generation) ?? textOf(event.completion) ?? textOf(event.outputText) ?? '';
    else blocks.set(piece.index, joined(blocks.get(piece.index), piece.block));
  }
  if (blocks.size === 0) return { completion: text };
  return { content: [...blocks.values()].map(finished) };
}

/** A piece of a block, of Anthropic's events (`content_block_delta`) or of Converse's (`contentBlockDelta`). */
function pieceOf(event: JsonObject): { readonly index: unknown; readonly block: JsonObject } | null {
  const started = objectOf(event.contentBlockStart);
  const changed = objectOf(event.contentBlockDelta);
  if (started !== null) {
    const call = objectOf(objectOf(started.start)?.toolUse);
    return { index: started.contentBlockIndex, block: call === null ? {} : { type: 'tool_use', name: call.name } };
  }
  if (changed !== null) {
    const delta = objectOf(changed.delta) ?? {};
    const reasoning = textOf(objectOf(delta.reasoningContent)?.text);
    const block = blockOf(delta.text, reasoning, objectOf(delta.toolUse)?.input);
    return block === null ? null : { index: changed.contentBlockIndex, block };
  }
  if (event.type === 'content_block_start') return { index: event.index, block: objectOf(event.content_block) ?? {} };
  if (event.type !== 'content_block_delta') return null;
  const delta = objectOf(event.delta) ?? {};
  const block = blockOf(delta.text, delta.thinking, delta.partial_json);
  return block === null ? null : { index: event.index, block };
}

/** What a piece adds to its block; null for what is none of it, such as a signature. */
function blockOf(text: unknown, thinking: unknown, input: unknown): JsonObject | null {
  if (typeof input === 'string') return { type: 'tool_use', partial: input };
  if (typeof thinking === 'string') return { type: 'thinking', thinking };
  return typeof text === 'string' ? { type: 'text', text } : null;
}

function joined(before: JsonObject | undefined, block: JsonObject): JsonObject {
  const added = (name: string): string => `${textOf(before?.[name]) ?? ''}${textOf(block[name]) ?? ''}`;
  return { ...before, ...block, text: added('text'), thinking: added('thinking'), partial: added('partial') };
}

function finished({ partial, ...block }: JsonObject): JsonObject {
  return block.type === 'tool_use' && partial !== '' ? { ...block, input: parsedOf(partial) } : block;
}

/** Whether the body of an answer is that of a model that gives vectors or pictures. */
export function isOtherThanText(output: unknown): boolean {
  const body = objectOf(parsedOf(output));
  return (
    body !== null && ['embedding', 'embeddings', 'embeddingsByType', 'images', 'artifacts'].some((key) => key in body)
  );
}
