import { describe, expect, it } from 'vitest';
import { schemaByTool } from '../../../../shared/adapters/chat/schema-by-tool.ts';
import { chatRequest, weatherTool } from '../../../helpers/chat-samples.ts';
import { ScriptedChatModel } from '../../../helpers/scripted-chat-model.ts';

const schema = { name: 'verdict', schema: { type: 'object', properties: { verdict: { type: 'string' } } } };
const never = Number.POSITIVE_INFINITY;

describe('a schema by way of a tool', () => {
  it('is asked for as a call, and comes back as text', async () => {
    const model = new ScriptedChatModel([
      { toolCalls: [{ id: 'c', name: 'verdict', arguments: '{"verdict":"pass"}' }] },
    ]);
    const answer = await schemaByTool(model).answer(chatRequest({ schema }), never);
    expect(answer).toMatchObject({ text: '{"verdict":"pass"}', toolCalls: [], end: 'stop' });
    expect(model.asked[0]).toMatchObject({
      schema: null,
      tools: [{ name: 'verdict', parameters: schema.schema }],
      toolChoice: { tool: 'verdict' },
    });
  });

  it('leaves other tools free to be called before', async () => {
    const calls = [{ id: 'c', name: 'get_weather', arguments: '{}' }];
    const model = new ScriptedChatModel([{ toolCalls: calls }]);
    const answer = await schemaByTool(model).answer(chatRequest({ schema, tools: [weatherTool] }), never);
    expect(answer).toMatchObject({ toolCalls: calls, end: 'tool-calls' });
    expect(model.asked[0]?.toolChoice).toBe('auto');
  });

  it('that was cut off is told as one', async () => {
    const model = new ScriptedChatModel([
      { toolCalls: [{ id: 'c', name: 'verdict', arguments: '{"verdict":"pa' }], end: 'length' },
    ]);
    const answer = await schemaByTool(model).answer(chatRequest({ schema }), never);
    expect(answer).toMatchObject({ text: '{"verdict":"pa', end: 'length' });
  });

  it('changes nothing where no schema is asked for', async () => {
    const model = new ScriptedChatModel([{ text: 'Hello.' }]);
    expect((await schemaByTool(model).answer(chatRequest(), never)).text).toBe('Hello.');
    expect(model.asked[0]).toEqual(chatRequest());
  });
});
