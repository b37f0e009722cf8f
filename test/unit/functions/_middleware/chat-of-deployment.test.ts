import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatOfDeployment } from '../../../../functions/_middleware/chat-of-deployment.ts';
import { SystemClock } from '../../../../shared/adapters/local/system-clock.ts';
import { openAiResponse } from '../../../contract/openai-wire.ts';
import { chatRequest } from '../../../helpers/chat-samples.ts';
import { ChatServer } from '../../../helpers/chat-server.ts';
import { rejection } from '../../../helpers/rejection.ts';

describe('the chat model of a function', () => {
  let chat: ChatServer;
  let secrets: ChatServer;
  beforeAll(async () => {
    [chat, secrets] = await Promise.all([ChatServer.start(), ChatServer.start()]);
  });
  afterAll(() => Promise.all([chat.close(), secrets.close()]));

  const soon = () => Date.now() + 20_000;
  const environment = () => ({
    RATCHET_CHAT: JSON.stringify({ provider: 'openai', url: `${chat.url}/v1`, model: 'm' }),
    RATCHET_CHAT_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:1:secret:chat',
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: new URL(secrets.url).port,
    AWS_SESSION_TOKEN: 'token',
  });

  it('is none without a configuration', () => {
    expect(chatOfDeployment(new SystemClock(), {})).toBeNull();
  });

  it('has the key that its secret holds, read once', async () => {
    secrets.play({ status: 200, body: JSON.stringify({ Name: 'chat', SecretString: 'sk-of-the-secret' }) });
    chat.play(openAiResponse({ kind: 'answers', text: 'Ready' }));
    const model = chatOfDeployment(new SystemClock(), environment());
    await model?.answer(chatRequest(), soon());
    await model?.answer(chatRequest(), soon());
    expect(chat.seen.map(({ authorization }) => authorization)).toEqual([
      'Bearer sk-of-the-secret',
      'Bearer sk-of-the-secret',
    ]);
    expect(secrets.seen.map(({ path }) => path)).toEqual([
      '/secretsmanager/get?secretId=arn%3Aaws%3Asecretsmanager%3Aeu-west-1%3A1%3Asecret%3Achat',
    ]);
  });

  it('says that the secret cannot be read, and asks for it again the next time', async () => {
    secrets.play({ status: 400, body: 'AccessDeniedException' }, { status: 200, body: '{"SecretString":"sk-1"}' });
    chat.play(openAiResponse({ kind: 'answers', text: 'Ready' }));
    const model = chatOfDeployment(new SystemClock(), environment());
    if (model === null) throw new Error('there is none');
    const error = await rejection(model.answer(chatRequest(), soon()));
    expect(error).toMatchObject({ name: 'ChatRefused', mend: expect.stringContaining('secret') });
    expect((await model.answer(chatRequest(), soon())).text).toBe('Ready');
  });
});
