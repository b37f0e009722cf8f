import type { ChatUsage } from '../../shared/ports/chat-model.ts';
import type { RecordedResponse } from '../helpers/chat-server.ts';
import type { ChatEvent } from './chat-model-contract.ts';

const someUsage: ChatUsage = { inputTokens: 20, cachedInputTokens: 0, outputTokens: 5 };

/** An event as `POST /model/ID/converse` of Amazon Bedrock tells it. */
export function bedrockResponse(event: ChatEvent): RecordedResponse {
  switch (event.kind) {
    case 'answers':
      return answer([{ text: event.text }], 'end_turn', event.usage);
    case 'says-nothing':
      return answer([], 'end_turn');
    case 'is-cut-off':
      return answer([{ text: event.text }], 'max_tokens');
    case 'filters-its-answer':
      return answer([{ text: 'Sorry, the model cannot answer this question.' }], 'guardrail_intervened');
    case 'calls':
      return answer(
        [
          { text: event.text },
          ...event.calls.map(({ id, name, arguments: args }) => ({
            toolUse: { toolUseId: id, name, input: JSON.parse(args) },
          })),
        ],
        'tool_use',
      );
    case 'throttles':
      return failure(429, 'ThrottlingException', 'Too many requests, please wait before trying again.');
    case 'is-overloaded':
      return failure(503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.');
    case 'fails':
      return failure(500, 'InternalServerException', 'The system encountered an unexpected error.');
    case 'finds-it-invalid':
      return failure(400, 'ValidationException', 'The maximum tokens you requested exceeds the model limit of 10000.');
    case 'finds-it-too-long':
      return failure(400, 'ValidationException', 'Input is too long for requested model.');
    case 'knows-no-such-key':
      return failure(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
    case 'knows-no-such-model':
      return failure(404, 'ResourceNotFoundException', 'Could not resolve the foundation model from the identifier.');
    case 'hangs':
      return { status: 200, body: '', behaviour: 'hang' };
    case 'drops-the-connection':
      return { ...answer([{ text: 'Paris' }], 'end_turn'), behaviour: 'drop' };
  }
}

function answer(content: readonly object[], stopReason: string, usage = someUsage): RecordedResponse {
  const { inputTokens, cachedInputTokens, outputTokens } = usage;
  return {
    status: 200,
    headers: { 'x-amzn-requestid': 'd9a7c0f4-1b0e-4b1e-9f0c-2f6f0e2c1a11' },
    body: JSON.stringify({
      metrics: { latencyMs: 551 },
      output: { message: { content, role: 'assistant' } },
      stopReason,
      usage: {
        cacheReadInputTokenCount: cachedInputTokens,
        cacheReadInputTokens: cachedInputTokens,
        cacheWriteInputTokenCount: 0,
        cacheWriteInputTokens: 0,
        inputTokens: inputTokens - cachedInputTokens,
        outputTokens,
        totalTokens: inputTokens + outputTokens,
      },
    }),
  };
}

function failure(status: number, name: string, message: string): RecordedResponse {
  return {
    status,
    headers: {
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      'x-amzn-requestid': 'd9a7c0f4-1b0e-4b1e-9f0c-2f6f0e2c1a11',
    },
    body: JSON.stringify({ message }),
  };
}
