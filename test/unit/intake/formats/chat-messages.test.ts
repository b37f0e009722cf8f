import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answeredIn, isMessages, readChat, sentIn } from '../../../../shared/intake/formats/chat-messages.ts';

const plain = { system: null, steps: [] };

describe('a conversation', () => {
  test('is the system prompt, the last text of the user, and the answer', () => {
    const messages = [
      { role: 'system', content: 'Answer with one label.' },
      { role: 'user', content: 'where is my parcel' },
      { role: 'assistant', content: 'delivery' },
    ];
    expect(readChat(messages)).toEqual({
      system: 'Answer with one label.',
      input: 'where is my parcel',
      output: 'delivery',
      steps: [],
    });
    expect(readChat(messages.slice(0, 2), [messages[2]])).toEqual(readChat(messages));
  });

  test('without an answer has none, and one without words has null', () => {
    expect(readChat([{ role: 'user', content: 'hello' }])).toEqual({ ...plain, input: 'hello', output: undefined });
    const silent = [
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: null },
    ];
    expect(readChat(silent)).toEqual({ ...plain, input: 'hello', output: null });
  });

  test('of several turns keeps those before the last', () => {
    const messages = [
      { role: 'user', content: 'I want it' },
      { role: 'assistant', content: 'The invoice?' },
      { role: 'user', content: 'yes' },
      { role: 'assistant', content: 'billing' },
    ];
    expect(readChat(messages)).toEqual({
      ...plain,
      input: 'user: I want it\n\nassistant: The invoice?\n\nuser: yes',
      output: 'billing',
    });
  });

  test('of the user alone is what the user said', () => {
    const messages = [
      { role: 'user', content: 'two' },
      { role: 'user', content: 'parts' },
    ];
    expect(readChat(messages)?.input).toBe('two\n\nparts');
  });

  test('that is all in the system prompt has that as its input', () => {
    const messages = [
      { role: 'system', content: 'Classify: hello' },
      { role: 'assistant', content: 'x' },
    ];
    expect(readChat(messages)).toEqual({ ...plain, input: 'Classify: hello', output: 'x' });
  });

  test('leaves texts as they are, code fences included', () => {
    const fenced = '```json\n{"label": "billing"}\n```\u2028';
    const messages = [
      { role: 'user', content: ' a\n' },
      { role: 'assistant', content: fenced },
    ];
    expect(readChat(messages)).toEqual({ ...plain, input: ' a\n', output: fenced });
  });

  test('has the calls of tools on the way to its answer as steps, in the shape of OpenAI', () => {
    const messages = [
      { role: 'developer', content: [{ type: 'text', text: 'Help.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: 'data:' } },
        ],
      },
      {
        role: 'assistant',
        content: 'One moment.',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'find', arguments: '{"order":7}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '[]' },
      { role: 'assistant', content: 'gone', reasoning_content: 'nothing there' },
    ];
    expect(readChat(messages)).toEqual({
      system: 'Help.',
      input: 'look\n[image_url]',
      output: 'gone',
      steps: [
        { type: 'message', output: 'One moment.' },
        { type: 'tool_call', name: 'find', input: { order: 7 } },
        { type: 'tool_result', output: '[]' },
        { type: 'reasoning', output: 'nothing there' },
      ],
    });
  });

  test('is read in the shape of Anthropic', () => {
    const request = {
      system: [{ type: 'text', text: 'Help.' }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'look' }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm' },
            { type: 'tool_use', id: 'a', name: 'find', input: { n: 1 } },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'none' }] }],
        },
      ],
    };
    const response = { id: 'msg', role: 'assistant', content: [{ type: 'text', text: 'gone' }] };
    expect(readChat(sentIn(request), answeredIn(response))).toEqual({
      system: 'Help.',
      input: 'look',
      output: 'gone',
      steps: [
        { type: 'reasoning', output: 'hm' },
        { type: 'tool_call', name: 'find', input: { n: 1 } },
        { type: 'tool_result', output: 'none' },
      ],
    });
  });

  test('is read in the shape of Gemini', () => {
    const request = {
      systemInstruction: { parts: [{ text: 'Help.' }] },
      contents: [{ role: 'user', parts: [{ text: 'look' }] }],
    };
    const response = {
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              { text: 'hm', thought: true },
              { functionCall: { name: 'find', args: { n: 1 } } },
              { text: 'gone' },
            ],
          },
        },
      ],
    };
    expect(readChat(sentIn(request), answeredIn(response))).toEqual({
      system: 'Help.',
      input: 'look',
      output: 'gone',
      steps: [
        { type: 'reasoning', output: 'hm' },
        { type: 'tool_call', name: 'find', input: { n: 1 } },
      ],
    });
  });

  test('is read in the shape of OpenTelemetry', () => {
    const sent = [
      { role: 'system', parts: [{ type: 'text', content: 'Help.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'look' }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'a', name: 'find', arguments: { n: 1 } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'a', result: 'none' }] },
    ];
    const answered = [{ role: 'assistant', parts: [{ type: 'text', content: 'gone' }], finish_reason: 'stop' }];
    expect(readChat(sent, answered)).toMatchObject({ system: 'Help.', input: 'look', output: 'gone' });
  });

  test('is read in the shapes of ShareGPT and LangChain, and of the interface Responses', () => {
    const conversations = [
      { from: 'human', value: 'look' },
      { from: 'gpt', value: 'gone' },
    ];
    expect(readChat(sentIn({ conversations }))).toEqual({ ...plain, input: 'look', output: 'gone' });
    const langChain = [
      { type: 'human', content: 'look' },
      { lc: 1, type: 'constructor', id: ['langchain_core', 'messages', 'AIMessage'], kwargs: { content: 'gone' } },
    ];
    expect(readChat(langChain)).toEqual({ ...plain, input: 'look', output: 'gone' });
    const output = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
      { type: 'function_call', name: 'find', arguments: '{}' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'gone' }] },
    ];
    expect(readChat(sentIn({ instructions: 'Help.', input: 'look' }), answeredIn({ output }))).toEqual({
      system: 'Help.',
      input: 'look',
      output: 'gone',
      steps: [
        { type: 'reasoning', output: 'hm' },
        { type: 'tool_call', name: 'find', input: {} },
      ],
    });
  });

  test('keeps an answer that is an object, and the refusal of a model', () => {
    const user = { role: 'user', content: 'look' };
    expect(readChat([user, { role: 'assistant', content: { label: 'x' } }])?.output).toEqual({ label: 'x' });
    expect(readChat([user, { role: 'assistant', content: null, refusal: 'No.' }])?.output).toBe('No.');
  });

  test('is none without messages that were sent', () => {
    expect(readChat([])).toBeNull();
    expect(readChat([{ role: 'assistant', content: 'x' }])).toBeNull();
    expect(isMessages([])).toBe(false);
    expect(isMessages([{ role: 'user' }])).toBe(true);
    expect(isMessages([{ label: 'x' }])).toBe(false);
  });

  test('or none is made of any values, without a fault', () => {
    const role = fc.constantFrom('system', 'user', 'assistant', 'tool', 'model', 'x');
    const part = fc.oneof(
      fc.record({ type: fc.constantFrom('text', 'tool_use', 'thinking', 'tool_result'), text: fc.jsonValue() }),
      fc.jsonValue(),
    );
    const message = fc.oneof(
      fc.record({ role, content: fc.oneof(fc.jsonValue(), fc.array(part)), tool_calls: fc.jsonValue() }),
      fc.record({ role, parts: fc.jsonValue() }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(message), fc.array(message), (sent, answered) => {
        const chat = readChat(sent, answered);
        if (chat !== null) expect(typeof chat.input).toBe('string');
      }),
    );
  });
});
