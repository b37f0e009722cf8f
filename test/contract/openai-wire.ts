import type { ChatUsage } from '../../shared/ports/chat-model.ts';
import type { RecordedResponse } from '../helpers/chat-server.ts';
import type { ChatEvent } from './chat-model-contract.ts';

const someUsage: ChatUsage = { inputTokens: 20, cachedInputTokens: 0, outputTokens: 5 };

/** An event as `POST /v1/chat/completions` tells it: OpenAI's own formats, and llama.cpp's for what is too long. */
export function openAiResponse(event: ChatEvent): RecordedResponse {
  switch (event.kind) {
    case 'answers':
      return completion({ content: event.text }, 'stop', event.usage);
    case 'says-nothing':
      return completion({ content: '' }, 'stop');
    case 'is-cut-off':
      return completion({ content: event.text }, 'length');
    case 'filters-its-answer':
      return completion({ content: '' }, 'content_filter');
    case 'calls':
      return completion(
        {
          content: event.text,
          tool_calls: event.calls.map(({ id, name, arguments: args }) => ({
            id,
            type: 'function',
            function: { name, arguments: args },
          })),
        },
        'tool_calls',
      );
    case 'throttles':
      return failure(429, {
        message: 'Rate limit reached for requests. Please try again in 20ms.',
        type: 'requests',
        param: null,
        code: 'rate_limit_exceeded',
      });
    case 'is-overloaded':
      return failure(503, {
        message: 'The engine is currently overloaded',
        type: 'server_error',
        param: null,
        code: null,
      });
    case 'fails':
      return failure(500, { message: 'The server had an error', type: 'server_error', param: null, code: null });
    case 'finds-it-invalid':
      return failure(400, {
        message: "Invalid value: 'max_tokens'. Expected a value below 16384.",
        type: 'invalid_request_error',
        param: 'max_tokens',
        code: 'invalid_value',
      });
    case 'finds-it-too-long':
      return failure(400, {
        message: 'the request exceeds the available context size, try increasing it',
        type: 'exceed_context_size_error',
        code: 400,
        n_prompt_tokens: 5000,
        n_ctx: 4096,
      });
    case 'knows-no-such-key':
      return failure(401, {
        message: 'Incorrect API key provided: sk-very-secret-0123456789.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      });
    case 'knows-no-such-model':
      return failure(404, {
        message: 'model "no-such" not found, try pulling it first',
        type: 'api_error',
        param: null,
        code: null,
      });
    case 'hangs':
      return { status: 200, body: '', behaviour: 'hang' };
    case 'drops-the-connection':
      return { ...completion({ content: 'Paris' }, 'stop'), behaviour: 'drop' };
  }
}

function completion(message: object, reason: string, usage = someUsage): RecordedResponse {
  const { inputTokens, cachedInputTokens, outputTokens } = usage;
  return {
    status: 200,
    body: JSON.stringify({
      id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
      object: 'chat.completion',
      created: 1741569952,
      model: 'small',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', refusal: null, annotations: [], ...message },
          logprobs: null,
          finish_reason: reason,
        },
      ],
      usage: {
        prompt_tokens: inputTokens,
        completion_tokens: outputTokens,
        total_tokens: inputTokens + outputTokens,
        prompt_tokens_details: { cached_tokens: cachedInputTokens, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
      },
      service_tier: 'default',
    }),
  };
}

function failure(status: number, error: object): RecordedResponse {
  return { status, headers: { 'retry-after-ms': '30' }, body: JSON.stringify({ error }) };
}
