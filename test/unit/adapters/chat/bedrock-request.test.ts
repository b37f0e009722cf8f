import { describe, expect, it } from 'vitest';
import { bedrockRequest } from '../../../../shared/adapters/chat/bedrock-request.ts';
import { chatRequest, conversationWithTools, weatherTool } from '../../../helpers/chat-samples.ts';

const plain = { model: 'some.model-v1:0', temperature: true, promptCaching: false };

describe('a request to Converse', () => {
  it('has system apart, and user and assistant in turns', () => {
    const request = chatRequest({ messages: conversationWithTools, tools: [weatherTool] });
    expect(bedrockRequest(request, plain)).toEqual({
      modelId: 'some.model-v1:0',
      system: [{ text: 'You are brief.' }],
      messages: [
        { role: 'user', content: [{ text: 'Weather in Paris and Rome?' }] },
        {
          role: 'assistant',
          content: [
            { toolUse: { toolUseId: 'call-a', name: 'get_weather', input: { city: 'Paris' } } },
            { toolUse: { toolUseId: 'call-b', name: 'get_weather', input: { unreadable: '{"city":"Ro' } } },
          ],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'call-a', content: [{ text: '21 degrees' }] } },
            { toolResult: { toolUseId: 'call-b', content: [{ text: 'arguments cannot be read' }], status: 'error' } },
          ],
        },
      ],
      inferenceConfig: { maxTokens: 64, temperature: 0 },
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'get_weather',
              description: 'The weather of a city',
              inputSchema: { json: weatherTool.parameters },
            },
          },
        ],
      },
    });
  });

  it('has no blank text, which Converse refuses', () => {
    const messages = [
      { role: 'system', text: '' },
      { role: 'user', text: 'a' },
      { role: 'assistant', text: ' ', toolCalls: [] },
      { role: 'user', text: 'b' },
      { role: 'tool', callId: 'c', text: '', failed: false },
    ] as const;
    const { system, messages: turns } = bedrockRequest(chatRequest({ messages }), plain);
    expect(system).toBeUndefined();
    expect(turns).toEqual([
      {
        role: 'user',
        content: [{ text: 'a' }, { text: 'b' }, { toolResult: { toolUseId: 'c', content: [{ text: '(nothing)' }] } }],
      },
    ]);
  });

  it('makes the model call the tool that it must', () => {
    const request = chatRequest({ tools: [weatherTool], toolChoice: { tool: 'get_weather' } });
    expect(bedrockRequest(request, plain).toolConfig?.toolChoice).toEqual({ tool: { name: 'get_weather' } });
  });

  it('names tools only where they may be called, or were', () => {
    expect(bedrockRequest(chatRequest({ tools: [weatherTool], toolChoice: 'none' }), plain).toolConfig).toBeUndefined();
    const former = bedrockRequest(chatRequest({ messages: conversationWithTools }), plain).toolConfig?.tools;
    expect(former?.map((tool) => tool.toolSpec?.name)).toEqual(['get_weather']);
  });

  it('holds the model to a schema', () => {
    const schema = { name: 'verdict', schema: { type: 'object' } };
    expect(bedrockRequest(chatRequest({ schema }), plain).outputConfig).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { name: 'verdict', schema: '{"type":"object"}' } },
      },
    });
  });

  it('marks what the model is to keep: what comes first, and the conversation so far', () => {
    const request = chatRequest({ messages: conversationWithTools, tools: [weatherTool] });
    const { system, messages } = bedrockRequest(request, { ...plain, promptCaching: true, temperature: false });
    expect(system?.at(-1)).toEqual({ cachePoint: { type: 'default' } });
    expect(messages?.map(({ content }) => content?.some((block) => block.cachePoint !== undefined))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
