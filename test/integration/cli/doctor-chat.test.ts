import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAiResponse } from '../../contract/openai-wire.ts';
import { ChatServer } from '../../helpers/chat-server.ts';
import { ratchetInProcess } from './in-process.ts';

interface Found {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly mend: string | null;
}

describe('ratchet doctor, of the chat model', () => {
  let server: ChatServer;
  let directory: string;
  beforeAll(async () => {
    server = await ChatServer.start();
    directory = await mkdtemp(join(tmpdir(), 'ratchet-doctor-chat-'));
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });

  const found = async (env: Record<string, string>): Promise<Found | undefined> => {
    const { stdout } = await ratchetInProcess(['doctor', '--json', '--workspace', directory], '', env);
    const { checks }: { checks: readonly Found[] } = JSON.parse(stdout);
    return checks.find(({ name }) => name === 'chat model');
  };
  const environment = () => ({
    RATCHET_CHAT_URL: `${server.url}/v1`,
    RATCHET_CHAT_MODEL: 'small',
    RATCHET_CHAT_KEY: 'sk-1',
    RATCHET_CHAT_PRICES: '10,1,100',
  });

  it('says that none is configured, and that none is needed', async () => {
    expect(await found({})).toMatchObject({ status: 'ok', detail: 'none is configured; all works without one' });
  });

  it('says that it answers, and what that cost', async () => {
    const usage = { inputTokens: 20, cachedInputTokens: 10, outputTokens: 3 };
    server.play(openAiResponse({ kind: 'answers', text: 'Ready.\n', usage }));
    const check = await found(environment());
    expect(check?.status).toBe('ok');
    // 10 tokens at $10, 10 at $1 and 3 at $100 a million.
    expect(check?.detail).toMatch(/^small answers "Ready\." in \d+\.\d s: 20 tokens read, 3 written, \$0\.000410$/);
    expect(server.seen[0]?.authorization).toBe('Bearer sk-1');
  });

  it('says why it does not answer, and what to do', async () => {
    server.play(openAiResponse({ kind: 'knows-no-such-model' }));
    const check = await found(environment());
    expect(check).toMatchObject({ status: 'problem', mend: expect.stringContaining('Correct what the message names') });
    expect(check?.detail).toContain('try pulling it first');
  });

  it('reads the file of the workspace, and says what is wrong in it', async () => {
    await writeFile(join(directory, 'chat.json'), JSON.stringify({ url: `${server.url}/v1`, model: 'of-the-file' }));
    server.play(openAiResponse({ kind: 'answers', text: 'Ready' }));
    expect((await found({}))?.detail).toMatch(/^of-the-file answers/);
    await writeFile(join(directory, 'chat.json'), JSON.stringify({ url: `${server.url}/v1`, key: 'sk-1' }));
    const wrong = await found({});
    expect(wrong).toMatchObject({ status: 'problem', mend: expect.stringContaining('chat.json') });
    expect(wrong?.detail).toContain('key');
  });
});
