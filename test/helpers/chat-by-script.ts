import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatMessage, ChatRequest } from '../../shared/ports/chat-model.ts';
import { countTokens, type Line, turnOf } from './scripted-chat.ts';

/** What the server does with one request: it answers a line, or with a status of HTTP, or closes the connection. */
export type Scene = Line | { readonly status: number } | 'drop' | 'malformed';

/** A server of OpenAI's protocol on loopback that answers by a script, the same request the same way. */
export class ChatByScript {
  readonly requests: ChatRequest[] = [];
  readonly #server: Server;
  #script: (request: ChatRequest, turn: number, asked: number) => Scene = () => ({});

  private constructor() {
    this.#server = createServer((incoming, outgoing) => {
      void this.#answer(incoming).then((scene) => {
        if (scene === 'drop') {
          outgoing.destroy();
          return;
        }
        const { status, body } = scene;
        outgoing.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' }).end(body);
      });
    });
  }

  static async start(): Promise<ChatByScript> {
    const server = new ChatByScript();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  play(script: (request: ChatRequest, turn: number, asked: number) => Scene): void {
    this.requests.length = 0;
    this.#script = script;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage): Promise<{ status: number; body: string } | 'drop'> {
    let body = '';
    for await (const part of incoming) body += String(part);
    const request = requestOf(JSON.parse(body));
    this.requests.push(request);
    const scene = this.#script(request, turnOf(request), this.requests.length);
    if (scene === 'drop') return 'drop';
    if (scene === 'malformed') return { status: 200, body: '{"choices": [{"mess' };
    if ('status' in scene) return { status: scene.status, body: JSON.stringify({ error: { message: 'scripted' } }) };
    return { status: 200, body: JSON.stringify(completion(scene, request)) };
  }
}

function completion({ text = '', calls = [], end }: Line, request: ChatRequest): object {
  const tool_calls = calls.map(([name, given], at) => ({
    id: `call-${at}`,
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }));
  const finish = end === 'length' ? 'length' : tool_calls.length > 0 ? 'tool_calls' : 'stop';
  return {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'scripted',
    choices: [
      {
        index: 0,
        finish_reason: finish,
        message: { role: 'assistant', content: text, ...(tool_calls.length > 0 && { tool_calls }) },
      },
    ],
    usage: {
      prompt_tokens: countTokens([request.messages, request.tools]),
      completion_tokens: countTokens([text, tool_calls]),
      total_tokens: 0,
    },
  };
}

interface WireMessage {
  readonly role: string;
  readonly content: string | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[];
}

/** The request as the product's own side has it, as far as scripts look at it. */
function requestOf(wire: {
  readonly messages: readonly WireMessage[];
  readonly tools?: readonly unknown[];
}): ChatRequest {
  const messages = wire.messages.map((message): ChatMessage => {
    const text = message.content ?? '';
    switch (message.role) {
      case 'assistant': {
        const toolCalls = (message.tool_calls ?? []).map(({ id, function: of }) => ({ id, ...of }));
        return { role: 'assistant', text, toolCalls };
      }
      case 'tool':
        return { role: 'tool', callId: message.tool_call_id ?? '', text, failed: false };
      default:
        return { role: message.role === 'system' ? 'system' : 'user', text };
    }
  });
  const tools = (wire.tools ?? []) as ChatRequest['tools'];
  return { messages, tools, toolChoice: 'auto', schema: null, maxOutputTokens: 0, temperature: 0, seed: null };
}
