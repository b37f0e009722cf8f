import { describe, expect, it } from 'vitest';
import { readChatConfiguration, readDeployedChat } from '../../../shared/composition/read-chat-configuration.ts';

const url = 'http://127.0.0.1:11434/v1';
const rest = {
  window: 4_096,
  prices: { input: 0, cachedInput: 0, output: 0 },
  schema: 'native',
  temperature: true,
  retries: 4,
};

describe('the chat model of a workspace', () => {
  it('is none where nothing names one, whatever else the environment says', () => {
    expect(
      readChatConfiguration({ OPENAI_API_KEY: 'k', RATCHET_CHAT_KEY: 'k', RATCHET_CHAT_URL: ' ' }, null),
    ).toBeNull();
  });

  it('is what two variables name', () => {
    expect(readChatConfiguration({ RATCHET_CHAT_URL: url, RATCHET_CHAT_MODEL: 'qwen3:8b' }, null)).toEqual({
      provider: 'openai',
      url,
      model: 'qwen3:8b',
      limitField: 'max_tokens',
      ...rest,
    });
  });

  it('is what the file says, save for what the environment says', () => {
    const file = JSON.stringify({ provider: 'bedrock', model: 'a', region: 'eu-west-1', promptCaching: true });
    const env = { RATCHET_CHAT_MODEL: 'b', RATCHET_CHAT_WINDOW: '200000', RATCHET_CHAT_PRICES: '0.8,0.08,4' };
    expect(readChatConfiguration(env, file)).toEqual({
      provider: 'bedrock',
      model: 'b',
      region: 'eu-west-1',
      promptCaching: true,
      ...rest,
      window: 200_000,
      prices: { input: 0.8, cachedInput: 0.08, output: 4 },
    });
  });

  it.each([
    ['no model', { RATCHET_CHAT_URL: url }, null, /model/],
    ['no address', { RATCHET_CHAT_URL: 'file:///etc/passwd', RATCHET_CHAT_MODEL: 'a' }, null, /url/],
    [
      'prices that are no numbers',
      { RATCHET_CHAT_URL: url, RATCHET_CHAT_MODEL: 'a', RATCHET_CHAT_PRICES: 'dear' },
      null,
      /prices/,
    ],
    ['a key in the file, where it would be stored', {}, JSON.stringify({ url, model: 'a', key: 'sk-1' }), /key/],
    ['a file that is no JSON', {}, '{"url":', /JSON/],
    ['a provider that there is none of', { RATCHET_CHAT_PROVIDER: 'other', RATCHET_CHAT_MODEL: 'a' }, null, /provider/],
  ])('is refused with %s', (_what, env, file, message) => {
    const read = () => readChatConfiguration(env, file);
    expect(read).toThrow(message);
    expect(read).toThrow(
      expect.objectContaining({ name: 'InvalidInput', mend: expect.stringContaining('RATCHET_CHAT_KEY') }),
    );
  });
});

describe('the chat model of a deployment', () => {
  it('is what it passes on to its functions, or none', () => {
    expect(readDeployedChat(undefined)).toBeNull();
    const text = JSON.stringify({ provider: 'bedrock', model: 'some.model' });
    expect(readDeployedChat(text)).toMatchObject({ provider: 'bedrock', model: 'some.model' });
  });
});
