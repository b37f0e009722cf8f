import type { ChatRequest } from '../../shared/ports/chat-model.ts';

/** A request for plain text, changed as told. */
export function chatRequest(changed: Partial<ChatRequest> = {}): ChatRequest {
  return {
    messages: [
      { role: 'system', text: 'You are brief.' },
      { role: 'user', text: 'What is the capital of France?' },
    ],
    tools: [],
    toolChoice: 'auto',
    schema: null,
    maxOutputTokens: 64,
    temperature: 0,
    seed: null,
    ...changed,
  };
}

export const weatherTool = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

/** A conversation in which a tool was called twice at once, and once with arguments that are no JSON. */
export const conversationWithTools: ChatRequest['messages'] = [
  { role: 'system', text: 'You are brief.' },
  { role: 'user', text: 'Weather in Paris and Rome?' },
  {
    role: 'assistant',
    text: '',
    toolCalls: [
      { id: 'call-a', name: 'get_weather', arguments: '{"city":"Paris"}' },
      { id: 'call-b', name: 'get_weather', arguments: '{"city":"Ro' },
    ],
  },
  { role: 'tool', callId: 'call-a', text: '21 degrees', failed: false },
  { role: 'tool', callId: 'call-b', text: 'arguments cannot be read', failed: true },
];
