import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAiResponse } from '../../contract/openai-wire.ts';
import { ChatServer } from '../../helpers/chat-server.ts';
import { judgement } from '../../helpers/scripted-judge.ts';
import { ratchetInProcess } from './in-process.ts';

const input = (at: number) => (at % 2 === 0 ? `win prize number ${at} now` : `meeting ${at} at noon`);
const trace = (at: number) => ({
  traceId: `t${at}`,
  timestamp: '2026-01-01T00:00:00Z',
  input: input(at),
  output: 'spam',
  ...(at < 120 ? { expected: at % 2 === 0 ? 'spam' : 'ham', judge: { kind: 'human', id: 'ana' } } : {}),
});

describe('a model whose judge is a chat model', { timeout: 180_000 }, () => {
  let server: ChatServer;
  let directory: string;
  beforeAll(async () => {
    server = await ChatServer.start();
    directory = await mkdtemp(join(tmpdir(), 'ratchet-llm-judge-'));
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('is created with a note where no chat model is configured, and without one where it is', async () => {
    const example = JSON.stringify({ input: 'win a prize', output: 'spam' });
    const create = (name: string, env: Record<string, string>, ...more: string[]) =>
      ratchetInProcess(
        ['create', name, '--examples', '-', '--foundation', 'none', '--no-evaluate', ...more, '--workspace', directory],
        `${example}\n${example.replace('spam', 'ham').replace('win', 'no')}`,
        env,
      );
    const none = 'no chat model is configured';
    expect((await create('plain', {})).stderr).not.toContain(none);
    expect((await create('judged', {}, '--judge', 'llm')).stderr).toContain(none);
    expect((await create('diagnosed', {}, '--analyst', 'agents')).stderr).toContain(none);
    const env = { RATCHET_CHAT_URL: `${server.url}/v1`, RATCHET_CHAT_MODEL: 'small' };
    const ready = await create('ready', env, '--judge', 'llm');
    expect([ready.code, ready.stderr.includes(none)]).toEqual([0, false]);
    const wrong = await create('wrong', { ...env, RATCHET_CHAT_PRICES: 'dear' }, '--judge', 'llm');
    expect([wrong.code, wrong.stderr.includes(none)]).toEqual([0, false]);
  });

  /** A run on 120 traces that a person judged and 20 that nobody did. */
  async function run(name: string, url: string) {
    const workspace = join(directory, name);
    const env = { RATCHET_CHAT_URL: `${url}/v1`, RATCHET_CHAT_MODEL: 'small', RATCHET_CHAT_PRICES: '1,0.1,5' };
    const ratchet = async (args: readonly string[], stdin = '') => {
      const ended = await ratchetInProcess([...args, '--json', '--workspace', workspace], stdin, env);
      if (ended.code !== 0 && ended.code !== 3) throw new Error(ended.stderr);
      return JSON.parse(ended.stdout);
    };
    const lines = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).join('\n');
    const examples = [0, 1, 2, 3].map((at) => ({ input: input(900 + at), output: at % 2 === 0 ? 'spam' : 'ham' }));
    await ratchet(
      [
        'create',
        'mail',
        '--examples',
        '-',
        '--foundation',
        'none',
        '--no-evaluate',
        '--judge',
        'llm',
        '--set',
        'maxIterations=1',
      ],
      lines(examples),
    );
    await writeFile(join(workspace, 'chat.json'), JSON.stringify({ url: `${url}/v1`, model: 'small', retries: 0 }));
    await ratchet(['ingest', 'mail', '-'], lines(Array.from({ length: 140 }, (_, at) => trace(at))));
    const result = await ratchet(['run', 'mail']);
    return { result, page: await readFile(result.report, 'utf8') };
  }

  it('tells that its verdicts do not count while it does not agree with people, and what they cost', async () => {
    const { text } = judgement('pass');
    const usage = { inputTokens: 1_000, cachedInputTokens: 0, outputTokens: 100 };
    server.play(openAiResponse({ kind: 'answers', text, usage }));
    const { result, page } = await run('lenient', server.url);
    // 140 answers at 1,000 tokens of $1 and 100 of $5 a million.
    expect(result.judges.judge).toMatchObject({ counts: false, tpr: 1, tnr: 0, said: 20, unusable: 0 });
    expect(result.judges.judge.usd).toBeCloseTo(140 * 0.0015, 9);
    expect(page).toContain('its verdicts do not count');
    expect(page).toContain('Of what people found wrong it finds 0.0 %');
  });

  it('is done without when nobody answers, and says so', async () => {
    const { result, page } = await run('down', 'http://127.0.0.1:9');
    expect(result.judges.judge).toMatchObject({ counts: false, said: 0 });
    expect(['promoted', 'kept']).toContain(result.decision);
    expect(page).toContain('It judged no further, and the run went on without it');
    expect(page).toContain('The chat model does not answer');
  });
});
