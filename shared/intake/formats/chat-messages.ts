import type { JsonObject } from './records.ts';
import { idOf, known, listOf, objectOf, objectsOf, parsedOf, textOf } from './untrusted.ts';

/** What a model did on its way to an answer, as a step of a trace. */
export interface ChatStep {
  readonly type: 'reasoning' | 'tool_call' | 'tool_result' | 'message';
  readonly name?: string;
  readonly input?: unknown;
  readonly output?: unknown;
}

/** A conversation as what a trace says of it. */
export interface Chat {
  /** The constant part of the prompt; null where there is none. */
  readonly system: string | null;
  /** The last text of the user; with all turns before it, where there are several. */
  readonly input: string;
  /** The answer: a text, or an object; null where the model wrote none, undefined where no answer is told. */
  readonly output: unknown;
  /** From the last text of the user on. */
  readonly steps: readonly ChatStep[];
}

type Role = 'system' | 'user' | 'assistant' | 'tool';

const roles: ReadonlyMap<unknown, Role> = new Map<string, Role>([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['ai', 'assistant'],
  ['gpt', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
]);

interface Turn {
  readonly role: Role;
  readonly texts: readonly string[];
  /** What is no text and no step: an answer that is an object. */
  readonly object: JsonObject | null;
  readonly steps: readonly ChatStep[];
}

/**
 * Reads the messages of a conversation, in the shapes of OpenAI (`content` as a text or parts, `tool_calls`), Anthropic
 * (blocks of `content`), Gemini and OpenTelemetry (`parts`), ShareGPT (`from`, `value`) and LangChain (`type`, or
 * `kwargs` of a serialised message). Texts are left as they are, Markdown fences included.
 * @param sent messages in order; without `answered`, the answer is the last of the assistant's after the user's last
 * @param answered the messages of the answer, where they are told apart
 * @returns null where no message has a text that was sent
 */
export function readChat(sent: readonly unknown[], answered: readonly unknown[] = []): Chat | null {
  const turns = sent.flatMap(turnOf);
  const after = turns.findLastIndex(({ role }) => role === 'user' || role === 'system') + 1;
  const told = answered.length > 0;
  const prompt = told ? turns : turns.slice(0, after);
  const reply = [
    ...turns.slice(after),
    ...answered.flatMap(turnOf).map((turn): Turn => (turn.role === 'tool' ? turn : { ...turn, role: 'assistant' })),
  ];
  const system = textsOf(prompt.filter(({ role }) => role === 'system'));
  const input = inputOf(prompt);
  if (input === null && system === null) return null;
  return {
    system: input === null ? null : system,
    input: input ?? system ?? '',
    ...answerOf(reply),
  };
}

/** Whether a value is a list of messages, as far as its first item tells. */
export function isMessages(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const first = messageOf(value[0]);
  return first !== null && roles.has(first.role);
}

/** The messages that a request to a model holds, by any of the interfaces; empty where it holds none. */
export function sentIn(request: JsonObject): readonly unknown[] {
  const system = request.system ?? request.systemInstruction ?? request.system_instruction ?? request.instructions;
  const before = system === undefined || system === null ? [] : [messageWith('system', system)];
  for (const key of ['messages', 'contents', 'conversations', 'input']) {
    const messages = request[key];
    if (isMessages(messages)) return [...before, ...messages];
  }
  const text = textOf(request.prompt) ?? textOf(request.input) ?? textOf(request.inputText);
  return text === null ? [] : [...before, { role: 'user', content: text }];
}

/** The messages of an answer of a model, by any of the interfaces; empty where it holds none. Of several, the first. */
export function answeredIn(response: JsonObject): readonly unknown[] {
  const choice = objectsOf(response.choices)[0];
  if (choice !== undefined) return [choice.message ?? { role: 'assistant', content: choice.text ?? null }];
  const candidate = objectsOf(response.candidates)[0];
  if (candidate !== undefined) return [objectOf(candidate.content) ?? { role: 'model', parts: [] }];
  if (isMessages(response.messages)) return response.messages;
  const message = objectOf(response.message) ?? objectOf(objectOf(response.output)?.message);
  if (message !== null) return [message];
  if ('content' in response || 'parts' in response) return [response];
  if (Array.isArray(response.output)) return response.output.map(outputItem);
  return [];
}

/** An item of the output of OpenAI's interface Responses. */
function outputItem(item: unknown): unknown {
  const { type } = objectOf(item) ?? {};
  if (type === 'function_call') return { role: 'assistant', content: [item] };
  if (type === 'reasoning') return { role: 'assistant', content: [item] };
  return item;
}

function messageWith(role: Role, content: unknown): JsonObject {
  const parts = objectOf(content)?.parts;
  return parts === undefined ? { role, content } : { role, parts };
}

/** A message by its role, wherever its shape has it. */
function messageOf(value: unknown): { readonly role: unknown; readonly fields: JsonObject } | null {
  const message = objectOf(value);
  if (message === null) return null;
  const kwargs = objectOf(message.kwargs);
  if (kwargs !== null && Array.isArray(message.id)) {
    const kind = /^(Human|AI|System|Tool|Function)Message/.exec(String(message.id.at(-1)))?.[1] ?? '';
    return { role: kind.toLowerCase(), fields: kwargs };
  }
  const nested = objectOf(message.message);
  if (message.role === undefined && nested !== null) return messageOf(nested);
  if (message.role !== undefined) return { role: lower(message.role), fields: message };
  if (message.from !== undefined && 'value' in message) {
    return { role: lower(message.from), fields: { content: message.value } };
  }
  if ('content' in message || 'data' in message) {
    return { role: lower(message.type), fields: objectOf(message.data) ?? message };
  }
  return null;
}

function lower(role: unknown): unknown {
  return typeof role === 'string' ? role.toLowerCase() : role;
}

function turnOf(value: unknown): readonly Turn[] {
  if (typeof value === 'string') return [{ role: 'user', texts: [value], object: null, steps: [] }];
  const message = messageOf(value);
  if (message === null) return [];
  const role = roles.get(message.role) ?? 'user';
  const { fields } = message;
  const content = fields.content ?? fields.parts;
  const name = textOf(fields.name);
  if (role === 'tool') {
    const output = typeof content === 'string' ? content : (textOfParts(content) ?? content);
    return [{ role, texts: [], object: null, steps: [step('tool_result', { name, output })] }];
  }
  const own = objectOf(content);
  const isPart = own !== null && ('type' in own || 'text' in own);
  const parts = Array.isArray(content) ? content : isPart ? [own] : [];
  const texts = typeof content === 'string' && content !== '' ? [content] : parts.flatMap(partTexts);
  const reasoning = textOf(fields.reasoning_content) ?? textOf(fields.reasoning);
  const refusal = textOf(fields.refusal);
  const turn: Turn = {
    role,
    texts: texts.length === 0 && refusal !== null ? [refusal] : texts,
    object: isPart ? null : own,
    steps: [
      ...(reasoning === null ? [] : [step('reasoning', { output: reasoning })]),
      ...parts.flatMap(partSteps),
      ...[...listOf(fields.tool_calls), ...listOf(objectOf(fields.additional_kwargs)?.tool_calls)].flatMap(callStep),
      ...(fields.function_call === undefined ? [] : callStep(fields.function_call)),
    ],
  };
  // Anthropic gives the results of tools as the user's words.
  const isResult = role === 'user' && turn.texts.length === 0 && turn.steps.length > 0;
  return [isResult ? { ...turn, role: 'tool' } : turn];
}

const textKinds: ReadonlySet<unknown> = new Set([undefined, 'text', 'input_text', 'output_text', 'refusal']);

function partTexts(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part];
  const fields = objectOf(part);
  if (fields === null || fields.thought === true) return [];
  if (textKinds.has(fields.type)) {
    const text = textOf(fields.text) ?? textOf(fields.content) ?? textOf(fields.refusal);
    if (text !== null) return [text];
  }
  if (partSteps(part).length > 0 || textKinds.has(fields.type)) return [];
  // What is no text has its place held, so that inputs which differ in a picture alone are not half a sentence.
  return [`[${String(fields.type)}]`];
}

function partSteps(part: unknown): readonly ChatStep[] {
  const fields = objectOf(part);
  if (fields === null) return [];
  const name = textOf(fields.name);
  switch (fields.type) {
    case 'thinking':
    case 'reasoning': {
      const summary = objectsOf(fields.summary).map(({ text }) => text);
      const text =
        textOf(fields.thinking) ?? textOf(fields.content) ?? textOf(fields.text) ?? textOf(summary.join('\n'));
      return text === null ? [] : [step('reasoning', { output: text })];
    }
    case 'redacted_thinking':
      return [step('reasoning', {})];
    case 'tool_use':
      return [step('tool_call', { name, input: fields.input })];
    case 'tool_call':
      return [step('tool_call', { name, input: parsedOf(fields.arguments ?? fields.args) })];
    case 'function_call':
      return [step('tool_call', { name, input: parsedOf(fields.arguments) })];
    case 'tool_result':
      return [step('tool_result', { output: textOfParts(fields.content) ?? fields.content })];
    case 'tool_call_response':
      return [step('tool_result', { output: fields.result ?? fields.response })];
  }
  if (fields.thought === true) return [step('reasoning', { output: fields.text })];
  const call = objectOf(fields.functionCall ?? fields.function_call ?? fields.toolUse);
  if (call !== null) return [step('tool_call', { name: textOf(call.name), input: call.args ?? call.input })];
  const result = objectOf(fields.functionResponse ?? fields.function_response ?? fields.toolResult);
  if (result === null) return [];
  return [step('tool_result', { name: textOf(result.name), output: result.response ?? result.content })];
}

/** A call as OpenAI writes it (`function: {name, arguments}`), or LangChain (`name`, `args`). */
function callStep(call: unknown): readonly ChatStep[] {
  const outer = objectOf(parsedOf(call));
  if (outer === null) return [];
  const fields = objectOf(outer.function) ?? outer;
  const input = parsedOf(fields.arguments ?? fields.args ?? fields.input);
  return [step('tool_call', { name: idOf(fields.name), input })];
}

function step(
  type: ChatStep['type'],
  fields: { readonly name?: string | null; readonly input?: unknown; readonly output?: unknown },
): ChatStep {
  return { type, ...known(fields) };
}

function textOfParts(content: unknown): string | null {
  if (!Array.isArray(content)) return null;
  const texts = content.flatMap(partTexts);
  return texts.length === 0 ? null : texts.join('\n');
}

function textsOf(turns: readonly Turn[]): string | null {
  const texts = turns.flatMap(saidIn);
  return texts.length === 0 ? null : texts.join('\n\n');
}

function saidIn({ texts, object }: Turn): readonly string[] {
  if (object !== null) return [JSON.stringify(object)];
  return texts.length === 0 ? [] : [texts.join('\n')];
}

function inputOf(prompt: readonly Turn[]): string | null {
  const spoken = prompt.filter(
    (turn) => (turn.role === 'user' || turn.role === 'assistant') && saidIn(turn).length > 0,
  );
  const users = spoken.filter(({ role }) => role === 'user');
  if (users.length === 0) return null;
  if (spoken.every(({ role }) => role === 'user')) return textsOf(users);
  return spoken.map((turn) => `${turn.role}: ${saidIn(turn).join('')}`).join('\n\n');
}

function answerOf(reply: readonly Turn[]): Pick<Chat, 'output' | 'steps'> {
  const own = reply.filter(({ role }) => role === 'assistant');
  if (own.length === 0) return { output: undefined, steps: reply.flatMap(({ steps }) => steps) };
  const last = reply.findLastIndex(({ role }) => role === 'assistant');
  const steps = reply.flatMap((turn, at) => {
    const said = at === last || turn.role !== 'assistant' ? [] : saidIn(turn);
    return [...said.map((output) => step('message', { output })), ...turn.steps];
  });
  const answer = own.at(-1);
  const text = answer === undefined ? null : answer.texts.join('\n');
  return { output: answer?.object ?? (text === '' ? null : text), steps };
}
